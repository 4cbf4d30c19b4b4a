import { concatenated } from './expand.ts'
import { NOTHING } from './call.ts'
import type { Call, Program, Value } from './call.ts'
import { environment } from './collecting.ts'

/** Programs that start the program behind them: what their own options take, and how many plain words stand in front. */
interface Wrapper {
  valued?: RegExp
  skips?: number
}

const WRAPPERS: Readonly<Record<string, Wrapper>> = {
  sudo: { valued: /^-[ugpCThrt]$/ }, doas: { valued: /^-[uC]$/ }, su: { valued: /^-[s]$/ }, env: { valued: /^-[uCS]$/ }, nohup: {}, command: {}, builtin: {}, exec: { valued: /^-a$/ },
  'cross-env': {}, 'cross-env-shell': {}, 'dotenv': { valued: /^-[ev]$/ }, nice: { valued: /^-n$/ }, ionice: { valued: /^-[cnp]$/ }, setsid: {}, stdbuf: { valued: /^-[ioe]$/ }, time: {},
  timeout: { valued: /^-[sk]$/, skips: 1 }, gtimeout: { valued: /^-[sk]$/, skips: 1 }, chroot: { skips: 1 }, flock: { valued: /^-[wE]$/, skips: 1 }, unbuffer: {}, winpty: {}, catchsegv: {},
  strace: { valued: /^-[oef]$/ }, watch: { valued: /^-n$/ }, proot: { valued: /^-[rbw]$/ }, unshare: {}, nsenter: { valued: /^-t$/ }, pkexec: { valued: /^--user$/ }, chronic: {}, caffeinate: { valued: /^-[tw]$/ },
  torsocks: {}, proxychains: {}, proxychains4: {}, arch: {}, linux64: {}, setarch: { skips: 1 }, screen: { valued: /^-[STcLh]$/ }, call: {}, faketime: { skips: 1 }, 'systemd-run': { valued: /^-[pPu]$/ },
}

/** Words behind the wrapper's own. */
function behind(call: Call, { valued, skips = 0 }: Wrapper): readonly Value[] {
  let at = 0
  for (; at < call.words.length; at++) {
    const text = call.texts[at] as string
    if (/^[A-Za-z_]\w{0,100}=/.test(text)) call.variables.set(text.slice(0, text.indexOf('=')), { text: text.slice(text.indexOf('=') + 1), taint: (call.words[at] as Value).taint })
    else if (!text.startsWith('-') || text === '-') break
    else if (valued?.test(text) && text !== '-S') at++
  }
  return call.words.slice(at + skips)
}

const wrapper = (rules: Wrapper): Program => (call) => {
  // `command -v curl` only asks whether there is one.
  if (call.program === 'command' && /^-[vV]$/.test(call.texts[0] ?? '')) return NOTHING
  const words = behind(call, rules)
  // `env -S "a b"`, `su -c "a b"`, `watch "a b"`: one word that is a line.
  const line = (call.program === 'env' || call.program === 'su' || call.program === 'watch' || call.program === 'flock') && words.length > 0 ? words.find((word) => /\s/.test(word.text)) : undefined
  if (line && (call.program !== 'env' || call.texts.includes('-S'))) return call.read(line.text)
  if (words.length > 0) return call.start(words, call.given)
  return call.program === 'env' ? environment(call) : call.given
}

/** `xargs program`: what it is fed becomes arguments. */
const xargs: Program = (call) => {
  const valued = /^-[IiLnPdEsa]$/
  const words = behind(call, { valued })
  const at = call.texts.findIndex((text) => text.startsWith('-I'))
  const mark = at < 0 ? null : call.texts[at] === '-I' ? call.texts[at + 1] ?? '{}' : (call.texts[at] as string).slice(2)
  const fed = { text: call.given.text.trim().slice(0, 4_000), taint: call.given.taint }
  if (words.length === 0) return call.start([{ text: 'echo', taint: call.given.taint }, fed])
  const parts = fed.text.split(/\s+/).slice(0, 200).map((text) => ({ text, taint: fed.taint }))
  if (mark === null || mark === '') return call.start([...words, ...parts], NOTHING)
  return call.start(words.map((word) => filled(word, mark, fed)), NOTHING)
}

function filled(word: Value, mark: string, fed: Value): Value {
  const pieces = word.text.split(mark, 20)
  if (pieces.length === 1) return word
  return pieces.slice(1).reduce<Value>((all, piece) => concatenated(concatenated(all, fed), { text: piece, taint: word.taint }), { text: pieces[0] ?? '', taint: word.taint })
}

/** `start "" /b program`, `Start-Process` has its own reader. */
const start: Program = (call) => {
  const at = call.words.findIndex((word, index) => !/^\/\w+$/.test(word.text) && !(index === 0 && (word.text === '' || /\s/.test(word.text))))
  return at < 0 ? NOTHING : call.start(call.words.slice(at), call.given)
}

/** `parallel`, `concurrently "a" "b"`, `script -c "a"`: each argument with blanks is a line. */
const lines: Program = (call) => {
  for (const text of call.texts) if (/\s/.test(text)) call.read(text, 'posix')
  return NOTHING
}

export const WRAPPING: readonly (readonly [string, Program])[] = [
  ...Object.entries(WRAPPERS).map(([name, rules]) => [name, wrapper(rules)] as const),
  ['xargs', xargs], ['start', start], ...['concurrently', 'parallel', 'script', 'wsl', 'tmux', 'nodemon', 'entr'].map((name) => [name, lines] as const),
]
