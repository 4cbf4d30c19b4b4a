import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

// What Node compiles is kept, for the processes of the tests and the threads and programs they start: each would strip types anew.
process.env['NODE_COMPILE_CACHE'] ??= resolve(import.meta.dirname, 'node_modules/.cache/compiled')

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/clients/**'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    setupFiles: ['test/setup.ts'],
    globalSetup: ['test/harness/global-setup.ts'],
  },
})
