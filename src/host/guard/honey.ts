import { randomBytes } from 'node:crypto'
import { Finder } from '../../decoys/finder.ts'
import { plant } from '../../decoys/plant.ts'
import type { Act, HoneyHit } from '../../tracing/act.ts'
import type { MaskSettings } from './masks.ts'

/** Decoys for one guarded command, and the eye that knows them again. */
export interface Honey {
  decoys: NonNullable<MaskSettings['decoys']>
  /** The act, with what of the planted was found in its arguments, name or bytes. */
  mark(act: Act): Act
}

/** Arguments are looked into up to here: longer ones carry programs. */
const LONGEST = 64 * 1024
const MOST_LOOKED = 20_000

/** `registry`: hosts that settings of clients name, without scheme. */
export function plantHoney(registry: { npm: string; pypi: string }): Honey {
  const seed = randomBytes(24).toString('hex')
  const [laptop, job] = [plant({ seed, persona: 'laptop', hosts: registry }), plant({ seed, persona: 'ci', hosts: registry })]
  const files = new Map(laptop.files.flatMap(({ path, bytes }) => (path.startsWith(`${laptop.person.home}/`) ? [[path.slice(laptop.person.home.length + 1), bytes] as const] : [])))
  const variables: Readonly<Record<string, string>> = { ...laptop.environment, ...job.environment }
  const finder = new Finder(laptop.tokens, { depth: 3, bytes: 4 * 1024 * 1024, ms: 50 })
  let looked = 0

  const hits = (where: HoneyHit['where'], found: ReturnType<Finder['find']>): HoneyHit[] => found.map(({ token, encodings }) => ({ token, encodings, where }))
  return {
    decoys: {
      variable: (name) => (Object.hasOwn(variables, name) ? variables[name] as string : null),
      file: (path) => files.get(path) ?? null,
      below: (folder) => [...files.keys()].filter((path) => path.startsWith(`${folder}/`)),
    },
    mark(act) {
      if (act.kind !== 'exec' && act.kind !== 'resolve' && act.kind !== 'send') return act
      if (++looked > MOST_LOOKED) return act
      const honey = act.kind === 'resolve' ? hits('name', finder.findInName(act.target))
        : act.kind === 'send' ? (act.sample === undefined ? [] : hits('body', finder.find(act.sample)))
          : hits('argument', finder.find(Buffer.from((act.argv ?? []).join(' ').slice(0, LONGEST))))
      return honey.length === 0 ? act : { ...act, honey }
    },
  }
}
