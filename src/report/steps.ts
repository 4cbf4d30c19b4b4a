import type { DownloadsReport } from '../downloads/downloads.ts'

interface Step { what: string; how: string; commands: readonly string[] }

/** What clears a client's own copies; the gate cannot reach those. */
const CACHES: Readonly<Record<string, readonly string[]>> = {
  npm: ['npm cache clean --force', 'pnpm store prune', 'yarn cache clean', 'bun pm cache rm'],
  pypi: ['pip cache purge', 'uv cache clean', 'poetry cache clear --all .'],
  go: ['go clean -modcache'],
}

/** What follows from a report, in the order in which to do it. */
export function stepsFor({ about, subjects, classes, deliveries }: DownloadsReport): Step[] {
  const named = /^(?:npm|pypi|go):/.test(about) ? about : null
  const registries = [...new Set(subjects.flatMap((subject) => /^(npm|pypi|go):/.exec(subject)?.[1] ?? []))]
  const reached = classes.person.deliveries + classes.ci.deliveries + classes.unknown.deliveries > 0
  const shell = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`)
  return [
    {
      what: 'Take it back, if that is not done', how: 'A recalled package is served to nobody any more, on every gate within seconds.',
      commands: named === null ? [] : [`sluice recall ${shell(named)} --because "…"`],
    },
    ...(reached ? [
      {
        what: 'Treat machines that may have run it as taken over', commands: [],
        how: 'Begin with people and builds that are named above. Take them off the network before they are looked at, and change every secret that they could read, from another machine.',
      },
      {
        what: 'Clear the clients\' own caches', how: 'Clients keep copies that no gate reaches; they install from them without asking.',
        commands: registries.flatMap((registry) => CACHES[registry] ?? []),
      },
    ] : []),
    { what: 'Find it where it was not downloaded', how: 'Lockfiles, images and machines may have it from elsewhere, or from a copy.', commands: ['sluice check PATH', ...(named === null ? [] : [`sluice trace ${shell(named)} --all`])] },
    ...(classes.mirror.deliveries > 0 ? [{ what: 'Tell those who run the mirrors and proxies', how: 'They hold a copy, and know who had it from them. Only their logs can narrow the interval.', commands: [] }] : []),
    ...(deliveries > 0 && classes.unknown.deliveries > 0 ? [{ what: 'Name what is unknown', how: 'Say in sluice.yaml, under downloads.classes, which networks, tokens and tools are your builds and your scanners; ask clients to authenticate.', commands: [] }] : []),
  ]
}
