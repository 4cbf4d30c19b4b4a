import { Engine } from './engine.ts'
import type { Loaded } from './messages.ts'
import type { UserRules } from './rules.ts'

/** Compiles rules as a worker would, in a passing thread, and says what came of it. Throws where YARA-X itself fails. */
export async function checkRules({ files, problem }: UserRules): Promise<Loaded & Pick<UserRules, 'problem'>> {
  if (problem !== null) return { files: 0, broken: [], sieveless: null, problem }
  const engine = new Engine()
  try {
    return { ...(await engine.load(files)), problem }
  } finally {
    await engine.end()
  }
}
