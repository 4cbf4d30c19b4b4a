/**
 * Punycode (RFC 3492), so that what only compares names needs no resolver. Labels alone: what IDNA (RFC 5890) allows is the
 * registries' business, and attackers' names need not be allowed.
 */
const BASE = 36
const T_MIN = 1
const T_MAX = 26
const SKEW = 38
const DAMP = 700
const INITIAL_BIAS = 72
const INITIAL_N = 128
/** RFC 1034: a label has no more, so that neither has what is decoded. */
const LONGEST = 63

function adapt(delta: number, count: number, first: boolean): number {
  let rest = first ? Math.floor(delta / DAMP) : delta >> 1
  rest += Math.floor(rest / count)
  let k = 0
  for (; rest > ((BASE - T_MIN) * T_MAX) / 2; k += BASE) rest = Math.floor(rest / (BASE - T_MIN))
  return k + Math.floor(((BASE - T_MIN + 1) * rest) / (rest + SKEW))
}

const threshold = (k: number, bias: number): number => Math.min(T_MAX, Math.max(T_MIN, k - bias))

/** `xn--…` as people read it; null: it is none, or says nothing. Any other label as it is. */
export function decodeLabel(label: string): string | null {
  if (!/^xn--/i.test(label)) return label
  if (label.length > LONGEST) return null
  const text = label.slice(4).toLowerCase()
  const dash = text.lastIndexOf('-')
  const out = dash > 0 ? Array.from(text.slice(0, dash), (sign) => sign.charCodeAt(0)) : []
  let [n, i, bias] = [INITIAL_N, 0, INITIAL_BIAS]
  for (let at = dash > 0 ? dash + 1 : 0; at < text.length;) {
    const before = i
    for (let weight = 1, k = BASE; ; k += BASE) {
      const digit = digitOf(text.charCodeAt(at++))
      if (digit === null) return null
      i += digit * weight
      const t = threshold(k, bias)
      if (digit < t) break
      weight *= BASE - t
      if (i > 0x7fffffff || weight > 0x7fffffff) return null
    }
    const size = out.length + 1
    bias = adapt(i - before, size, before === 0)
    n += Math.floor(i / size)
    if (n > 0x10ffff || (n >= 0xd800 && n <= 0xdfff)) return null
    i %= size
    out.splice(i++, 0, n)
  }
  return out.length === 0 ? null : String.fromCodePoint(...out)
}

function digitOf(code: number): number | null {
  if (code >= 0x61 && code <= 0x7a) return code - 0x61
  return code >= 0x30 && code <= 0x39 ? code - 0x30 + 26 : null
}

/** A label as DNS has it; null: it would be longer than a label may be. */
export function encodeLabel(label: string): string | null {
  // eslint-disable-next-line no-control-regex -- every character of ASCII
  if (/^[\0-\x7f]*$/.test(label)) return label.length > LONGEST ? null : label.toLowerCase()
  if (label.length > LONGEST) return null
  const points = Array.from(label, (sign) => sign.codePointAt(0) as number)
  const basic = points.filter((point) => point < 128).map((point) => String.fromCharCode(point)).join('')
  let out = basic === '' ? '' : `${basic.toLowerCase()}-`
  let [n, delta, bias, done] = [INITIAL_N, 0, INITIAL_BIAS, basic.length]
  const first = done
  while (done < points.length) {
    const next = Math.min(...points.filter((point) => point >= n))
    delta += (next - n) * (done + 1)
    n = next
    for (const point of points) {
      if (point < n) delta++
      if (point !== n) continue
      out += variable(delta, bias)
      bias = adapt(delta, done + 1, done === first)
      delta = 0
      done++
    }
    delta++
    n++
  }
  return out.length + 4 > LONGEST ? null : `xn--${out}`
}

function variable(delta: number, bias: number): string {
  let out = ''
  let rest = delta
  for (let k = BASE; ; k += BASE) {
    const t = threshold(k, bias)
    if (rest < t) return out + signOf(rest)
    out += signOf(t + ((rest - t) % (BASE - t)))
    rest = Math.floor((rest - t) / (BASE - t))
  }
}

const signOf = (digit: number): string => String.fromCharCode(digit < 26 ? digit + 0x61 : digit - 26 + 0x30)
