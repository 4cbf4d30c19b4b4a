import { defineConfig } from 'vitest/config'

/** Live installs through a real gate from the registries this machine's own clients are set to. */
export default defineConfig({
  test: { include: ['test/live/**/*.live.ts'], testTimeout: 300_000, hookTimeout: 120_000, pool: 'forks', fileParallelism: false },
})
