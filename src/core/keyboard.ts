/** US layout; rows are shifted by about half a key, so that each key touches two of the row below. */
const ROWS = ['1234567890-', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm']

const NEIGHBOURS = new Map<string, Set<string>>()

ROWS.forEach((row, r) => [...row].forEach((key, at) => {
  for (const other of [row[at + 1], ROWS[r + 1]?.[at], ROWS[r + 1]?.[at - 1]]) {
    if (other === undefined) continue
    touching(key).add(other)
    touching(other).add(key)
  }
}))

function touching(key: string): Set<string> {
  const known = NEIGHBOURS.get(key) ?? new Set<string>()
  NEIGHBOURS.set(key, known)
  return known
}

export const areNeighbours = (a: string, b: string): boolean => NEIGHBOURS.get(a)?.has(b) ?? false
