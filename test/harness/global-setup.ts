import { readFileSync } from 'node:fs'
import type { TestProject } from 'vitest/node'
import { installClients } from './install.ts'

const USES_CLIENTS = /from '[./]*(?:harness\/)?clients\.ts'/

/** Vitest global set-up: installs the pinned clients when a chosen test file runs one. */
export default async function setup(project: TestProject): Promise<void> {
  // The file names given on the command line; vitest keeps them out of its types. Without them every file is chosen.
  const { filenamePattern } = project.vitest as { filenamePattern?: string[] }
  const { testFiles } = await project.globTestFiles(filenamePattern)
  if (testFiles.some((file) => USES_CLIENTS.test(readFileSync(file, 'utf8')))) await installClients()
}
