import type { Names } from '../names.ts'
import type { SinkholeOptions } from '../options.ts'
import type { Answering, Asked, Answer } from './answer.ts'
import { castOf, type Cast } from './cast.ts'
import { chat } from './chat.ts'
import { cloud } from './cloud.ts'
import { codeHost } from './code-host.ts'
import { drop } from './drop.ts'
import { echo } from './echo.ts'
import { generic } from './generic.ts'
import { metadata } from './metadata.ts'
import { namesOverHttps } from './names-over-https.ts'
import { Folder } from './registry/folder.ts'
import { go } from './registry/go.ts'
import { npm } from './registry/npm.ts'
import { pypi } from './registry/pypi.ts'
import { registryFor } from './registry/which.ts'
import { stage } from './stage.ts'

/** One kind of service and what it says; null: nothing of its kind. The first that knows answers. */
const SCRIPTS: readonly ((asked: Asked, cast: Cast) => Answer | null)[] = [
  metadata, namesOverHttps, codeHost, chat, cloud, echo, drop, stage,
]

export function answering(options: SinkholeOptions, names: Names): Answering {
  const cast = castOf(options, names)
  const folder = new Folder(options.mirror)
  return {
    answer: (asked) => {
      const registry = registryFor(asked, options.registries)
      if (registry) return registry.ecosystem === 'npm' ? npm(asked, registry, folder, cast) : registry.ecosystem === 'pypi' ? pypi(asked, registry, folder, cast) : go(registry, folder)
      for (const script of SCRIPTS) {
        const answer = script(asked, cast)
        if (answer) return answer
      }
      return generic(asked)
    },
  }
}
