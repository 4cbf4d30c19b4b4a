/** Absolute, without `.`, `..` and doubled slashes; `folder` is where relative ones begin, which stay so where it is not known. Links are not followed. */
export function resolved(folder: string | null, path: string): string {
  if (folder === null && !path.startsWith('/')) return path
  const whole = path.startsWith('/') ? path : `${folder}/${path}`
  if (!/\/(?:\.{0,2}(?:\/|$))/.test(whole)) return whole
  const parts: string[] = []
  for (const part of whole.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}

/** Longest path the kernel takes is 4,096 bytes; what is asked for may be longer. */
const LONGEST = 4096

/** A copy that does not keep alive the piece of the trace it was cut from, and no longer than a path may be. */
export const kept = (text: string): string => Buffer.from(text.slice(0, LONGEST), 'utf8').toString('utf8')
