import type { Names } from '../names.ts'
import type { SinkholeOptions } from '../options.ts'
import type { Answering, Script } from './answer.ts'
import { generic } from './generic.ts'

/** Every script, the narrow ones first. The last always answers. */
export function answering(_options: SinkholeOptions, _names: Names): Answering {
  const scripts: readonly Script[] = []
  return {
    answer: async (asked) => {
      for (const script of scripts) {
        const answer = await script(asked)
        if (answer) return answer
      }
      return generic(asked)
    },
  }
}
