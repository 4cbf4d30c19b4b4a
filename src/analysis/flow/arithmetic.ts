/** What an operator gives for two numbers, as JavaScript reckons (and Python's `//`); undefined for any other operator. */
export function arithmetic(sign: string, a: number, b: number): number | undefined {
  switch (sign) {
    case '-': return a - b
    case '*': return a * b
    case '/': return a / b
    case '//': return Math.floor(a / b)
    case '%': return a % b
    case '**': return a ** b
    case '^': return a ^ b
    case '&': return a & b
    case '|': return a | b
    case '<<': return a << b
    case '>>': return a >> b
    case '>>>': return a >>> b
    default: return undefined
  }
}
