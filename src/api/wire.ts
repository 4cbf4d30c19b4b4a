/** What a value becomes on its way through JSON: dates as ISO 8601 text, the rest as it is. */
export type Wire<T> =
  T extends Date ? string
    : T extends readonly unknown[] ? { -readonly [K in keyof T]: Wire<T[K]> }
      : T extends object ? { -readonly [K in keyof T]: Wire<T[K]> }
        : T

/** The value as JSON has it. The command line prints the same from a data folder and from a gate because both pass here. */
export function wire<T>(value: T): Wire<T> {
  return JSON.parse(JSON.stringify(value)) as Wire<T>
}
