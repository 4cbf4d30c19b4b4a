import { SOURCES, taint } from '../taint.ts'
import type { Node } from './tree.ts'
import { NOTHING, only } from './value.ts'
import type { Scope, Value } from './value.ts'
import { placeIn } from './walking.ts'

/** What a caller gives a function under such a name is all there is to an account. */
const KEYS = /^_?(?:priv(?:ate)?_?key(?:_?hex|_?bytes)?|mnemonics?|mnemonic_?(?:phrase|words)|seed_?(?:phrase|words)|recovery_?phrase|secret_?(?:recovery_?)?phrase)$/i
/** Clients of payment and storage services have a secret key, too: only functions that say they make keys are meant. */
const SECRET_KEY = /^_?secret_?key(?:_?bytes)?$/i
const MAKERS = /secret_?key|key_?pair|wallet|from_?seed/i

/** What a parameter holds that nobody in the package gives: a private key or a seed phrase by its name, or nothing known. */
export function entrusted(param: Extract<Node, { is: 'name' }>, called: string | null, scope: Scope): Value {
  if (!KEYS.test(param.name) && !(SECRET_KEY.test(param.name) && MAKERS.test(called ?? ''))) return NOTHING
  return only(taint(SOURCES.entrusted, [{ kind: 'collect', call: param.name, argument: null, place: placeIn(scope, param.at) }]))
}
