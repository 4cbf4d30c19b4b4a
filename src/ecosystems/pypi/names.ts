/** Longest project name the registry has ever taken; PEP 508 sets no bound. */
const LONGEST = 200

/** Letters and digits at both ends (PEP 508). One character class only, so it reads in linear time. */
const PLAIN = /^[A-Za-z0-9._-]+$/
const EDGE = /[A-Za-z0-9]/

/** Whether PEP 508 allows this as a project's name, in any spelling. Never true for anything that could walk a path. */
export function isName(name: string): boolean {
  return name.length > 0 && name.length <= LONGEST && PLAIN.test(name) && EDGE.test(name[0] as string) && EDGE.test(name.at(-1) as string)
}

/** The one spelling of a project's name: lower case, runs of `-`, `_` and `.` as one dash (PEP 503). */
export function canonicalName(raw: string): string {
  return raw.trim().replace(/[-_.]+/g, '-').toLowerCase()
}
