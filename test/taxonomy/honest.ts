import { weigh } from '../../src/core/weigh.ts'
import type { Verdict } from '../../src/core/types.ts'
import { examined } from './matrix.ts'
import { program, rolling } from './program.ts'
import type { Program } from './program.ts'
import { transforms } from './transforms/index.ts'
import type { Transform } from './transforms/index.ts'
import type { Twin } from './twins.ts'

/** What build tools do to honest code. */
export const BUILDS: readonly Transform[] = transforms.filter(({ group, id }) =>
  group === 'none' || group === 'minified' || (group === 'renaming' && id === 'short') || ['webpack-like', 'iife', 'lib-required', 're-exported', 'dist', 'licence-above'].includes(id))

const PATHS = { hook: 'scripts/setup.js', bin: 'cli.js', import: 'index.js', library: 'index.js' } as const

/** The verdict over a package that does this, built that way. */
export function verdictOf(twin: Twin, transform: Transform): Verdict {
  const path = PATHS[twin.start]
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  const more = { hook: { scripts: { postinstall: `node ${PATHS.hook}` } }, bin: { bin: { sample: PATHS.bin } }, import: { main: 'index.js' }, library: { main: 'index.js' } }[twin.start]
  const manifest = { name: 'sample', version: '1.0.0', description: 'A sample.', license: 'MIT', repository: 'https://github.com/sample/sample', homepage: 'https://sample.example', ...more }
  const plain = (text: string): Program => ({ text, marks: [] })
  const code = transform.apply(program(twin.code), path.slice(folder.length), rolling(`${twin.id} ${transform.id}`))
  const beside = Object.entries(twin.beside ?? {}).map(([name, text]) => [name, plain(text)] as const)
  const { findings, missing, pkg } = examined({
    'package.json': plain(JSON.stringify(manifest, null, 2)), 'README.md': plain('# sample\n\nDoes what its name says.\n'), 'index.js': plain('module.exports = {}\n'),
    ...Object.fromEntries([...beside, ...Object.entries(code)].map(([name, file]) => [folder + name, file])),
  })
  return weigh(pkg.artifact.digest, [{ detector: 'all', version: 1, status: 'ok', findings }], missing, 'taxonomy')
}
