const NAMED: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '', b: '', e: '', f: '', v: '', '\\': '\\', "'": "'", '"': '"', '?': '?' }
const ESCAPE = /\\(?:x([0-9a-f]{1,2})|u([0-9a-f]{1,4})|U([0-9a-f]{1,8})|0?([0-7]{1,3})|([\s\S]))/gi

/** Text with the escapes of `$'…'`, `printf` and `echo -e` undone. */
export function ansi(text: string): string {
  return text.replace(ESCAPE, (whole, hex?: string, short?: string, long?: string, octal?: string, named?: string) => {
    const digits = hex ?? short ?? long
    if (digits !== undefined) return code(Number.parseInt(digits, 16))
    if (octal !== undefined) return code(Number.parseInt(octal, 8) & 255)
    return named !== undefined && Object.hasOwn(NAMED, named) ? NAMED[named] ?? '' : whole
  })
}

/** How many characters of a text are spelled as numbers. */
export const spelledOut = (text: string): number => text.match(/\\(?:x[0-9a-f]{1,2}|u[0-9a-f]{1,4}|0?[0-7]{1,3})/gi)?.length ?? 0

const code = (point: number): string => (point <= 0x10ffff ? String.fromCodePoint(point) : '')
