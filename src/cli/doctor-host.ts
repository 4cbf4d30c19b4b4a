import { enginesHere } from '../host/watch/engines.ts'
import type { EngineHere } from '../host/watch/engines.ts'
import { plain } from './print.ts'
import type { Paint } from './print.ts'

/** How installs on this machine can be watched. */
export const watchingHere = (path: string): EngineHere[] => enginesHere({ path, root: process.getuid?.() === 0 })

/** Lines for a person. */
export function watchingLines(engines: readonly EngineHere[], paint: Paint): string[] {
  return [paint.bold('Watching installs on this machine (sluice guard, sluice host watch)'), ...engines.flatMap(({ engine, for: what, works, version, says, remedy }) => [
    `  ${works ? paint.green('✓') : paint.dim('-')} ${engine.padEnd(10)}  ${works ? `${version ?? 'works'}, for ${what.join(' and ')}` : plain(says ?? '', 300)}`,
    ...(remedy === null ? [] : [`    → ${plain(remedy, 300)}`]),
  ])]
}
