import type { Act } from '../../tracing/act.ts'
import type { Tool } from '../deed.ts'

/**
 * Where honest packages fetch what they build with, and whom known tools tell that they are used. Facts of the same kind as
 * `trustOf`'s: they excuse the request, not what it carries, and not what is run that came from elsewhere.
 */
interface Known {
  host: RegExp
  /** Only this part of it; absent: all of it. */
  path?: RegExp
  says: string
  /** Which tool asks there; absent: any code. */
  tool?: Tool
  /** Anybody can put something there; elsewhere only whose host it is. */
  anybody?: true
}

const KNOWN: readonly Known[] = [
  { host: exactly('nodejs.org', 'unofficial-builds.nodejs.org', 'iojs.org'), path: /^\/(?:dist|download)\//, says: 'headers of the runtime, for native add-ons' },
  { host: exactly('electronjs.org', 'artifacts.electronjs.org', 'atom.io'), says: 'headers of Electron, for native add-ons' },
  { host: exactly('github.com'), path: /^\/[\w.-]+\/[\w.-]+\/(?:releases\/(?:latest\/)?download|archive)\//, says: 'a release of a project, or its sources', anybody: true },
  { host: exactly('objects.githubusercontent.com', 'release-assets.githubusercontent.com', 'github-releases.githubusercontent.com'), says: 'a release of a project', anybody: true },
  { host: exactly('cdn.playwright.dev', 'playwright.azureedge.net', 'playwright.download.prss.microsoft.com'), says: 'browsers of Playwright' },
  { host: exactly('storage.googleapis.com'), path: /^\/(?:chrome-for-testing-public|chromium-browser-snapshots|chromedriver|tensorflow)\//, says: 'browsers and models of their makers' },
  { host: exactly('googlechromelabs.github.io', 'chromedriver.storage.googleapis.com', 'edgedl.me.gvt1.com'), says: 'drivers of Chrome' },
  { host: exactly('download.cypress.io', 'cdn.cypress.io'), says: 'the program of Cypress' },
  { host: exactly('binaries.prisma.sh'), says: 'engines of Prisma' },
  { host: exactly('downloads.sentry-cdn.com', 'cdn.sentry-cdn.com', 'release-registry.services.sentry.io'), says: 'the program of sentry-cli' },
  { host: exactly('download.pytorch.org', 'static.rust-lang.org', 'index.crates.io', 'static.crates.io', 'crates.io', 'sh.rustup.rs'), says: 'toolchains and libraries of builds' },
  { host: exactly('mapbox-node-binary.s3.amazonaws.com', 'node-precompiled-binaries.grpc.io', 'grpc-precompiled-binaries.storage.googleapis.com', 'fsevents-binaries.s3-us-west-2.amazonaws.com'), says: 'prebuilt add-ons' },
  { host: exactly('telemetry.nextjs.org', 'telemetry.astro.build', 'telemetry.nuxtjs.com', 'telemetry.gatsbyjs.com', 'events.gatsbyjs.com', 'cloudflareinsights.com', 'sparrow.cloudflare.com'), says: 'telemetry of a known tool' },
  { host: exactly('telemetry.vercel.com', 'checkpoint.prisma.io', 'api.segment.io', 'o22594.ingest.sentry.io', 'telemetry.go.dev'), says: 'telemetry of a known tool' },
]

function exactly(...hosts: string[]): RegExp {
  return new RegExp(`^(?:${hosts.map((host) => host.replaceAll('.', '\\.')).join('|')})$`, 'i')
}

/** Whom the drivers of the box name when they call functions: it is the caller who asks there. */
export const isCallers = (host: string): boolean => /(?:^|\.)shop\.example$/.test(host)

/** A command without the addresses that the drivers name. */
export const withoutCallersUrls = (line: string): string => line.replaceAll(/\bhttps?:\/\/www\.shop\.example\S*/g, '')

/** What was asked for, without the file of the project that the drivers name when they call functions: whose home that lies in was not the package's to say. */
export const withoutCallers = (target: string): string => target.replace(/\/home\/[\w.-]{1,64}\/projects\/[\w.-]{1,64}\/data\/products\.json\b/, '')

/** Whether what came from there can be anybody's. */
export const isAnybodys = (host: string): boolean => KNOWN.some((one) => one.anybody === true && one.host.test(host))

/** What honest builders ask this host for; null: none is known to. Without a URL the name has to do. */
export function knownFor(host: string, act: Pick<Act, 'kind' | 'target' | 'method'>): string | null {
  const known = KNOWN.find((one) => one.host.test(host))
  if (!known) return null
  if (act.kind !== 'request' || known.path === undefined) return known.says
  const path = URL.parse(act.target)?.pathname ?? ''
  return known.path.test(path) && (act.method === undefined || act.method === 'GET' || act.method === 'HEAD') ? known.says : null
}
