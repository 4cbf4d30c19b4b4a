import { decodeText } from '../decode.ts'
import { UNKNOWN } from '../desk.ts'
import type { ActionKind, Origin } from '../facts.ts'
import type { Call, Machine } from './call.ts'
import type { Rule } from './tongue.ts'
import {
  COLLECTED, DECODED, FETCHED, FILE_DECODED, FILE_FETCHED, NETWORK, NOTHING, either, joined, known, only, originOf, outside,
} from './value.ts'
import type { Value } from './value.ts'

const RUNS = FETCHED | DECODED | FILE_FETCHED | FILE_DECODED

/** Notes what a call does and says what it gives. */
export function act(rule: Rule, call: Call): Value {
  const { engine, args, place } = call
  const main = args[rule.at] ?? call.named.get('args') ?? call.named.get('url') ?? NOTHING
  switch (rule.does) {
    case 'fetch': return fetched(call, main)
    case 'request': return { ...NOTHING, texts: main.texts, origin: sentBits(call) }
    case 'save': {
      const path = args[rule.to ?? 1] ?? call.named.get('filename') ?? NOTHING
      const result = fetched(call, main)
      engine.mark(path, FETCHED)
      note(call, 'write', path.texts[0] ?? null, 'fetched')
      return { ...result, from: null, texts: path.texts, origin: FILE_FETCHED }
    }
    case 'shell': return command(call, main)
    case 'program': return program(call, main, args[rule.at + 1])
    case 'fork': {
      for (const path of main.texts) engine.desk.program(['node', path], place, [null, origin(engine, main)])
      return outside(`${call.ref}()`)
    }
    case 'code': {
      const source = args.length > 0 && rule.at < 0 ? args.at(rule.at) ?? NOTHING : main
      note(call, 'execute', preview(source), originOf(source.origin & (FETCHED | DECODED)))
      if (call.ref !== 'compile') for (const text of source.texts) if (!text.includes(UNKNOWN)) engine.desk.code(engine.tongue.id, text, place)
      return outside(`${call.ref}()`, source.origin)
    }
    case 'decode': return decoded(rule, call, rule.at < 0 ? call.receiver : main)
    case 'characters': {
      const codes = (args.length === 1 ? args[0]?.items : args) ?? []
      const text = codes.length > 0 && codes.every((code) => /^\d+$/.test(code.texts[0] ?? ''))
        ? String.fromCharCode(...codes.slice(0, 10_000).map((code) => Number(code.texts[0]))) : null
      return text === null ? only(carried(args)) : known(text, DECODED)
    }
    case 'write': {
      const data = args[rule.to ?? rule.at + 1] ?? NOTHING
      const from = originOf(data.origin & (FETCHED | DECODED))
      if (from) note(call, 'write', main.texts[0] ?? null, from)
      engine.mark(main, data.origin)
      return NOTHING
    }
    case 'open': return { ...outside(`${call.ref}()`, content(engine, main)), opens: main }
    case 'read': {
      const secret = main.texts.find((text) => SECRET_FILES.test(text))
      if (secret !== undefined) note(call, 'collect', secret, null)
      return only(content(engine, main) | (secret === undefined ? 0 : COLLECTED))
    }
    case 'move': {
      const bits = engine.bits(main)
      engine.mark(args[rule.to ?? rule.at + 1] ?? NOTHING, (bits & FILE_FETCHED ? FETCHED : 0) | (bits & FILE_DECODED ? DECODED : 0))
      return NOTHING
    }
    case 'hash': {
      if (carried([...args, call.receiver]) & FETCHED) note(call, 'verify', null, 'fetched')
      return outside(`${call.ref}()`)
    }
    case 'collect': {
      // Asking for a name that is made of what was collected carries it to whoever answers for that domain.
      const asked = main.texts.find((text) => text.includes('.'))
      if (asked !== undefined && main.origin & COLLECTED) note(call, 'send', asked, 'collected')
      note(call, 'collect', main.texts[0] ?? null, null)
      return outside(`${call.ref}()`, COLLECTED)
    }
    case 'load': {
      if (originOf(engine.bits(main) & RUNS)) note(call, 'execute', main.texts[0] ?? null, originOf(engine.bits(main) & RUNS))
      return main.texts.map((spec) => engine.load(spec, call.scope)).reduce(either, NOTHING)
    }
    case 'member':
      if (rule.how) return engine.member(outside(rule.how), main, call.scope)
      return engine.member(main, args[rule.at + 1] ?? NOTHING, call.scope)
    case 'path': return { ...joined(args, '/'), from: null }
    case 'folder': return { ...NOTHING, texts: main.texts.map((text) => text.replace(/[\\/][^\\/]*$/, '')), origin: main.origin }
    case 'text': return { ...NOTHING, texts: main.texts, origin: main.origin, items: main.items }
    case 'pass': return main
  }
}

/** Asks the network; what goes along in the URL or the body and was collected is sent. */
function fetched(call: Call, main: Value): Value {
  const url = target(main)
  note(call, 'fetch', url, null)
  if (sentBits(call) & COLLECTED) note(call, 'send', url, 'collected')
  return { ...outside(`${call.ref}()`, FETCHED | NETWORK), texts: [] }
}

function sentBits(call: Call): number {
  let sent = 0
  for (const arg of call.args) sent |= payload(arg)
  for (const [key, arg] of call.named) if (!QUIET.test(key)) sent |= payload(arg)
  return sent
}

/** Bits of what a request carries. Headers, proxies and agents come from the environment in honest code too. */
function payload(value: Value): number {
  if (!value.fields) return value.origin
  let bits = 0
  for (const [key, cell] of value.fields) if (!QUIET.test(key)) bits |= cell.value.fields === value.fields ? 0 : payload(cell.value)
  return bits
}

const QUIET = /^(?:headers|auth|agent|agents|proxy|proxies|env|ca|cert|key|dispatcher|strictSSL|timeout|verify)$/i

/** The URL in a request's arguments, whichever way they are spelled. */
function target(value: Value): string | null {
  const whole = value.texts[0]
  if (whole !== undefined) return whole
  const field = (name: string): string | undefined => value.fields?.get(name)?.value.texts[0]
  const url = field('url') ?? field('uri') ?? field('href')
  if (url !== undefined) return url
  const host = field('hostname') ?? field('host')
  if (host === undefined) return null
  const port = field('port')
  return `${field('protocol') ?? 'https:'}//${host}${port ? `:${port}` : ''}${field('path') ?? '/'}`
}

function command(call: Call, main: Value): Value {
  const { engine, place } = call
  if (main.items && main.items.length > 0) return program(call, main.items[0] ?? NOTHING, { ...NOTHING, items: main.items.slice(1) })
  const from = originOf(engine.bits(main) & RUNS)
  if (main.texts.length === 0) {
    note(call, from ? 'execute' : 'spawn', null, from)
    return outside(`${call.ref}()`)
  }
  let output: Origin | null = null
  for (const text of main.texts) output = engine.desk.shell(text, place, from).output ?? output
  return heard(call, output)
}

function program(call: Call, first: Value, rest: Value | undefined): Value {
  const { engine, place } = call
  if (first.items && first.items.length > 0) return command(call, first)
  const words = [first, ...(rest?.items ?? [])].map((value) => value.refs.find((ref) => ref in INTERPRETERS) ? known(interpreter(value)) : value)
  const list = words.slice(0, 1000)
  if (list.length === 1 && first.texts.some((text) => text.includes(' '))) return command(call, first)
  let output: Origin | null = null
  const alternatives = Math.max(1, ...list.map((word) => word.texts.length))
  for (let i = 0; i < alternatives; i++) {
    const spelled = list.map((word) => word.texts[i] ?? word.texts[0] ?? UNKNOWN)
    output = engine.desk.program(spelled, place, list.map((word) => origin(engine, word))).output ?? output
  }
  return heard(call, output)
}

const INTERPRETERS: Readonly<Record<string, string>> = Object.assign(Object.create(null), {
  'process.execPath': 'node', 'process.argv0': 'node', 'sys.executable': 'python',
})

const interpreter = (value: Value): string => INTERPRETERS[value.refs.find((ref) => ref in INTERPRETERS) ?? ''] ?? UNKNOWN

function heard(call: Call, output: Origin | null): Value {
  const bits = output === 'fetched' ? FETCHED : output === 'decoded' ? DECODED : output === 'collected' ? COLLECTED : 0
  return outside(`${call.ref}()`, bits)
}

function decoded(rule: Rule, call: Call, main: Value): Value {
  const how = rule.how ?? call.args[rule.at < 0 ? 0 : rule.at + 1]?.texts[0] ?? ''
  const texts = main.texts.map((text) => decodeText(text, how)).filter((text) => text !== null)
  const counts = rule.how === undefined ? ENCODINGS.test(how) : true
  if (counts) note(call, 'decode', texts[0]?.slice(0, 200) ?? null, originOf(main.origin))
  const bits = main.origin & FETCHED ? main.origin : counts ? main.origin | DECODED : main.origin
  return { ...outside(`${call.ref}()`, bits), texts: counts ? texts : main.texts }
}

const ENCODINGS = /^(?:base64|base64url|hex|rot_?13|base64_codec|hex_codec|zlib|zip|bz2)$/i
const SECRET_FILES = new RegExp([
  String.raw`(?:^|[\\/])\.(?:npmrc|pypirc|netrc|git-credentials|ssh[\\/]|aws[\\/]|kube[\\/]|docker[\\/]config|config[\\/]gcloud)`,
  'id_rsa', 'id_ed25519', String.raw`etc[\\/]shadow`, String.raw`wallet\.dat`, 'Login Data',
].join('|'))

const content = (engine: Machine, path: Value): number => {
  const bits = engine.bits(path)
  return (bits & FILE_FETCHED ? FETCHED : 0) | (bits & FILE_DECODED ? DECODED : 0)
}

const carried = (values: readonly Value[]): number => values.reduce((bits, value) => bits | value.origin, 0)
const origin = (engine: Machine, value: Value): Origin | null => originOf(engine.bits(value) & RUNS)
const preview = (value: Value): string | null => value.texts[0]?.slice(0, 300) ?? null

function note(call: Call, kind: ActionKind, argument: string | null, tainted: Origin | null): void {
  call.engine.desk.note({ kind, call: call.ref, argument, tainted }, call.place)
}
