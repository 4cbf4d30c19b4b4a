/**
 * How Go is pointed at the gate. `go env -w` keeps the lines for a user; in CI they are environment variables.
 * The proxy stands alone: after `,direct` Go fetches what the gate answers with 404 from its origin, and after `|` it
 * does so on any error, a denial included.
 */
export function clientSettings(
  base: string, privateNames: readonly string[],
): readonly { client: string; lines: readonly string[] }[] {
  const proxy = base.replace(/\/+$/, '')
  return [{
    client: 'go',
    lines: [
      `go env -w GOPROXY=${proxy}`,
      '# keep GOSUMDB as it is: its questions go through the gate, too',
      ...(privateNames.length > 0
        ? [
            '# private modules come through the gate, but are no business of the public checksum database',
            `go env -w GONOSUMDB=${privateNames.join(',')}`,
          ]
        : []),
      '# do not add ",direct" or "|direct" to GOPROXY, and leave GOPRIVATE and GONOPROXY empty: all of them go past the gate',
    ],
  }]
}
