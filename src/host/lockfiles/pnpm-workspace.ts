import { catalogs, overrides } from './package-json.ts'
import type { Format } from './project-file.ts'
import { at } from './tree.ts'
import { readYaml } from './yaml.ts'

/** docs of pnpm, pnpm-workspace.yaml: catalogs, and since pnpm 10 the overrides. */
export const pnpmWorkspace: Format = {
  name: 'pnpm-workspace.yaml',
  files: 'pnpm-workspace.yaml',
  ecosystem: 'npm',
  matches: (name) => name === 'pnpm-workspace.yaml',
  read(reading) {
    for (const root of readYaml(reading)) {
      catalogs(reading, root)
      overrides(reading, at(root, 'overrides'), 'overrides')
    }
  },
}
