import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

// What Node compiles is kept, for the processes of the tests and the threads and programs they start: each would strip types anew.
process.env['NODE_COMPILE_CACHE'] ??= resolve(import.meta.dirname, 'node_modules/.cache/compiled')

/** Rooms that compute and wait for nothing: their tests may share both of two processors. Gates, cells and clients have theirs alone. */
const PURE = ['analysis', 'core', 'detectors', 'ecosystems', 'learning', 'names', 'report', 'unpack'].map((room) => `src/${room}/**/*.test.ts`)
const NEVER = ['**/node_modules/**', 'test/clients/**']

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A busy machine may take long to get there; what never gets there fails all the same.
    expect: { poll: { timeout: 50_000 } },
    pool: 'forks',
    setupFiles: ['test/setup.ts'],
    globalSetup: ['test/harness/global-setup.ts'],
    projects: [
      { extends: true, test: { name: 'pure', include: PURE, exclude: NEVER, maxWorkers: 2, sequence: { groupOrder: 0 } } },
      { extends: true, test: { name: 'whole', include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts'], exclude: [...NEVER, ...PURE], maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
})
