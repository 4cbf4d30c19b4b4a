import { decode } from '../decode/index.ts'
import { UNKNOWN } from '../desk.ts'
import { CONTENT, DECODED, FETCHED, FILE_DECODED, FILE_FETCHED, SOURCES, UNTAINTED, taint } from '../taint.ts'
import { isPlainIn } from '../source.ts'
import type { Call } from './call.ts'
import { characters, codes, decoded, encoded } from './codecs.ts'
import { connected, fetched, payload, requested, saved, sent } from './network.ts'
import { parsed } from './parsed.ts'
import { RUNS, after, carried, note, step } from './noting.ts'
import { command, forked, program } from './processes.ts'
import { deleted, listed, moved, opened, packed, read, uploaded, written } from './storage.ts'
import type { Rule } from './tongue.ts'
import { span } from './tree.ts'
import { NOTHING, either, joined, known, only, outside } from './value.ts'
import type { Value } from './value.ts'

/** Notes what a call does and says what it gives. */
export function act(rule: Rule, call: Call): Value {
  const { engine, args } = call
  const main = rule.at < 0 && rule.does !== 'code' ? call.receiver : args[rule.at] ?? call.named.get('args') ?? call.named.get('url') ?? NOTHING
  switch (rule.does) {
    case 'fetch': return fetched(call, rule.how === undefined ? main : known(`${rule.how}${main.texts[0] ?? UNKNOWN}`))
    case 'connect': case 'resolve': case 'listen': return connected(call, rule.does, main)
    case 'request': return requested(call, main)
    case 'save': return saved(call, main, args[rule.to ?? 1] ?? call.named.get('filename') ?? NOTHING)
    case 'send': return sent(call)
    case 'shell': return command(call, main)
    case 'program': return rule.how === undefined ? program(call, main, args[rule.at + 1]) : program(call, known(rule.how), main)
    // `new Worker(text, { eval: true })`: what came in is the code, not the name of a file.
    case 'fork': return main.bits & (FETCHED | DECODED) && main.texts.length === 0 ? evaluated(rule, call, main) : forked(call, main)
    case 'code': return evaluated(rule, call, main)
    case 'load': return loaded(rule, call, main)
    case 'decode': return decoded(rule, call, main)
    case 'encode': case 'encrypt': return encoded(rule, call, main)
    case 'characters': return characters(call)
    case 'codes': return codes(main)
    case 'read': return read(rule, call, main)
    case 'open': return opened(call, rule.how === undefined ? main : known(`${rule.how}-${call.place.from}`), rule.at < 0 ? args : args.slice(1))
    case 'write': return written(call, main, args[rule.to ?? rule.at + 1] ?? NOTHING)
    case 'pack': return packed(call, main)
    case 'upload': return uploaded(call, main)
    case 'move': return moved(call, main, args[rule.to ?? rule.at + 1] ?? NOTHING)
    case 'delete': return deleted(call, main)
    case 'list': return listed(rule, call, main)
    case 'collect': return collected(rule, call, main)
    case 'look': return looked(call, main)
    case 'field': return FIELDS.test(main.texts.join(' ')) ? collected(TYPED, call, main) : { ...outside(`${call.ref}()`, call.receiver.bits), trail: call.receiver.trail }
    case 'handle': return handled(call, main, args[rule.at + 1] ?? NOTHING)
    case 'replace': return replaced(call, main)
    case 'hash': {
      const all = carried([...args, call.receiver])
      if (all.bits & FETCHED) note(call, 'verify', null, all)
      return outside(`${call.ref}()`)
    }
    case 'wait': case 'check': {
      note(call, rule.does, rule.how ?? main.texts[0] ?? null, UNTAINTED)
      return outside(`${call.ref}()`)
    }
    case 'member':
      return engine.member(rule.how ? outside(rule.how) : main, rule.how ? main : args[rule.at + 1] ?? NOTHING, call.scope, span(call.place.from, call.place.to))
    case 'path': return pathOf(rule, call)
    case 'folder': return { ...only(main), texts: main.texts.map((text) => text.replace(/[\\/][^\\/]*$/, '')) }
    case 'text': {
      if (rule.how === undefined) return { ...only(main.fields ? { ...main, ...payload(main, 0) } : main), texts: main.texts, number: false, items: main.items }
      if (rule.how === 'address') return addressOf(call)
      return rule.gives === undefined ? known(rule.how) : { ...known(rule.how), refs: [rule.gives] }
    }
    case 'number': return { ...only(main), texts: main.texts.filter((text) => /^-?[\d.]+$/.test(text)), number: true }
    case 'kind': return main.functions.length > 0 && rule.how !== undefined ? outside(rule.how) : only(main)
    case 'pass': return main
    case 'spell': return main.fields ? { ...main, ...payload(main, 0), from: null } : main
    case 'parse': return parsed(main)
    case 'unescape': return { ...only(main), texts: main.texts.map((text) => decode('url', text)?.text ?? text) }
    case 'merge': return engine.merged(main, args)
    case 'each': return each(call, main, args[rule.at + 1] ?? call.receiver)
  }
}

/** An address that is told from another one: `new URL('/x', base)`, `urljoin(base, 'x')`. */
function addressOf({ args: [first = NOTHING, second = NOTHING], ref }: Call): Value {
  const [path, base] = ref.endsWith('urljoin') ? [second, first] : [first, second]
  const from = base.texts.find((text) => !text.includes(UNKNOWN) && URL.canParse(text))
  const texts = from === undefined ? path.texts : path.texts.map((text) => (URL.canParse(text, from) ? new URL(text, from).href : text))
  return { ...only(path), texts, number: false, items: path.items }
}

/** Parts put together; nothing in front of nothing is no root. */
function pathOf({ at, gives }: Rule, { receiver, args }: Call): Value {
  const parts = (at < 0 ? [receiver, ...args] : args).filter(({ texts }) => texts.length !== 1 || texts[0] !== '')
  const path = { ...joined(parts, '/'), from: null }
  return gives === undefined ? path : { ...path, refs: [gives] }
}

/** `map(f, list)`: numbers made characters one by one give characters; what is known of other functions is called with any item. */
function each(call: Call, main: Value, list: Value): Value {
  if (list.items && main.refs.some((ref) => call.engine.tongue.rule(ref)?.does === 'characters')) {
    return { ...only(list), items: list.items.map((item) => characters({ ...call, args: [item] })) }
  }
  const any = call.engine.member(list, NOTHING, call.scope, span(call.place.from, call.place.to))
  return either(only(call.engine.release(main, any)), only(list))
}

/** The address of a name: of this machine's own, or of one that somebody has to be asked for. */
function looked(call: Call, main: Value): Value {
  if (main.texts.some((text) => DOMAIN.test(text))) return connected(call, 'resolve', main)
  return collected({ does: 'collect', at: 0, what: 'host' }, call, main)
}

const DOMAIN = /[^.\s]\.[a-z][a-z\d-]{1,30}\.?$/i

/** Text run as code: walked where it stands when it is known. */
function evaluated(rule: Rule, call: Call, main: Value): Value {
  const { engine, args } = call
  const given = rule.at < 0 ? args.at(rule.at) ?? NOTHING : main
  const source = given.texts.some((text) => text.length > 3 && !text.includes(UNKNOWN)) ? given : refolded(call, given)
  const held = taint(source.bits & RUNS, source.trail)
  note(call, 'execute', source.texts.find((text) => text.trim() !== '')?.slice(0, 300) ?? null, held)
  // Compiling is not running, and gives the text to whoever does.
  if (call.ref.endsWith('compile')) return { ...only(source), texts: source.texts }
  const how = source.bits & DECODED ? source.trail.filter((step) => step.kind === 'decode').map((step) => step.call).join(', ') || 'an encoding' : undefined
  let result: Value = { ...outside(`${call.ref}()`, source.bits & CONTENT), trail: source.trail }
  for (const text of source.texts) if (!text.includes(UNKNOWN)) result = either(engine.inline(text, call, how), result)
  return result
}

/** What folding the file saw being run, where the engine does not know the text. */
function refolded(call: Call, given: Value): Value {
  // What stands there in plain letters was not folded out of hiding.
  const texts = call.engine.ran(call.scope).filter((text) => !isPlainIn(call.place.source.text, text))
  if (texts.length === 0) return given
  return { ...only(after(given, DECODED, { ...step(call, 'decode', texts[0] ?? null), call: 'its own code' })), texts }
}

/** A module by name. A name that was decoded hides what is loaded; a file that was fetched is run by loading it. */
function loaded(rule: Rule, call: Call, main: Value): Value {
  const held = call.engine.holds(main)
  const [spec] = main.texts
  if (held.bits & (FILE_FETCHED | FILE_DECODED | FETCHED)) note(call, 'execute', spec ?? null, held)
  else if (held.bits & DECODED) note(call, 'load', spec ?? null, held)
  return rule.how === 'path' ? NOTHING : main.texts.map((text) => call.engine.load(text, call.scope)).reduce(either, NOTHING)
}

/** Parts of a page that take passwords, cards and keys; a table of results has none of these in its name. */
const FIELDS = /\binput\b|textarea|passw|cvv|cvc|card.?num|ccnum|cc-|iban|mnemonic|seed.?phrase|private.?key/i
const EVENTS = /^(?:keydown|keyup|keypress|submit|paste)$/
const TYPED: Rule = { does: 'collect', at: 0, what: 'keystrokes' }

function handled(call: Call, event: Value, handler: Value): Value {
  if (event.texts.some((text) => EVENTS.test(text)) && handler.functions.length > 0) call.engine.release(handler, only(collected(TYPED, call, event)))
  return NOTHING
}

function replaced(call: Call, by: Value): Value {
  if (by.functions.length > 0) note(call, 'replace', null, UNTAINTED)
  return NOTHING
}

function collected(rule: Rule, call: Call, main: Value): Value {
  const bits = SOURCES[rule.what ?? 'host']
  note(call, 'collect', main.texts[0] ?? null, taint(bits, []))
  return { ...outside(`${call.ref}()`, bits), trail: [step(call, 'collect', main.texts[0] ?? null)] }
}
