import type { Manifest, PackageFile, Trigger } from '../../core/types.ts'
import { editorTriggers } from '../editor-files.ts'
import { readSource } from './source.ts'
import type { SourceFacts } from './source.ts'

/**
 * When Go code runs by itself: on import (`init`, package-level variables), when it is built with cgo, as a command, under
 * `go test`, under `go generate`. Nothing runs at download. No folder is left out: `testdata` and `_x` can be imported.
 */
export function triggers(manifest: Manifest, files: ReadonlyMap<string, PackageFile>): Trigger[] {
  const found: Trigger[] = []
  for (const [path, file] of files) {
    if (path.endsWith('.go')) found.push(...ofFile(path, readSource(new TextDecoder().decode(file.bytes)), manifest.name))
  }
  return [...found, ...editorTriggers(files)]
}

function* ofFile(file: string, facts: SourceFacts, module: string | null): Generator<Trigger> {
  const atRun = file.endsWith('_test.go') ? 'test' : 'import'
  if (facts.functions.has('init')) yield { kind: atRun, name: 'init', file }
  if (facts.initialCalls) yield { kind: atRun, name: 'var', file }
  if (atRun === 'test' && facts.functions.has('TestMain')) yield { kind: 'test', name: 'TestMain', file }
  if (facts.package === 'main' && facts.functions.has('main')) yield { kind: 'command', name: commandName(file, module), file }
  if (facts.cgo) {
    const command = facts.cgoFlags.join('; ')
    yield command === '' ? { kind: 'build', name: 'cgo', file } : { kind: 'build', name: 'cgo', file, command }
  }
  for (const command of facts.generates) yield { kind: 'generate', name: 'go:generate', file, command }
}

/** As `go install` names it: the last element of the package path, without a major version suffix. */
function commandName(file: string, module: string | null): string {
  const parts = `${module ?? ''}/${file}`.split('/').slice(0, -1)
  const last = parts.at(-1) ?? ''
  return (/^v[2-9]$|^v[1-9][0-9]+$/.test(last) ? parts.at(-2) : last) || 'main'
}
