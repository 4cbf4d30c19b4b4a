/** One line of a table (RFC 4180): every cell in quotes, and none a formula (OWASP, "CSV Injection"). */
export const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`

/** What a spreadsheet would run is preceded by an apostrophe. */
function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r|%]/.test(text) ? `'${text}` : text
  return `"${safe.replaceAll('"', '""')}"`
}
