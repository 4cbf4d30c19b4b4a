import type { Run } from '../core/types.ts'
import type { SandboxRecord } from '../sandbox/record.ts'
import type { About } from './about.ts'
import { differences } from './differences.ts'
import { lightened } from './remarks.ts'
import { run } from './rule.ts'
import { conductRules, rules } from './rules/index.ts'
import { sceneOf } from './scene.ts'
import { Secondhand } from './stages.ts'

/** Version of all that judges a record: what was judged under another may be judged anew. */
export const conductVersion = `${conductRules} ${differences.id}@${differences.version} ${Secondhand.id}@${Secondhand.version}`

/**
 * What a package was seen to do, as findings like any detector's: they weigh together with those of its code in `core/weigh.ts`.
 * That something was not seen (`record.missing`) is the caller's to hand to `weigh` as unread. Pure; linear in the record.
 */
export function judge(record: SandboxRecord, about: About): Run[] {
  const scene = sceneOf(record, about)
  const runs = lightened(scene, rules.map((rule) => run(rule, scene)))
  return [...runs, differences.run(record, about, runs), Secondhand.run(record, about)]
}
