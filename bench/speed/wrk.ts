import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

export const CONNECTIONS = 32

export interface Load {
  requests: number
  perSecond: number
  bytesPerSecond: number
  /** Milliseconds. */
  p50: number
  p99: number
  /** Answers other than 2xx and 3xx, and connections that failed. */
  errors: number
}

/** What npm sends with a packument request while it installs. */
export const NPM_HEADERS: Readonly<Record<string, string>> = {
  'accept': 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*',
  'accept-encoding': 'gzip, deflate',
  'user-agent': 'npm/11.19.1 node/v24.21.0 linux x64 workspaces/false',
  'npm-command': 'install',
}

/** Asks for the paths in turn over 32 connections for so many seconds, as fast as answers come. */
export async function load(base: string, paths: readonly string[], options: { seconds: number; headers: Readonly<Record<string, string>> }): Promise<Load> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-wrk-'))
  const script = join(folder, 'turns.lua')
  const urls = paths.map((path) => JSON.stringify(new URL(path, base).pathname)).join(', ')
  writeFileSync(script, `local paths = { ${urls} }\nlocal turn = 0\nrequest = function()\n  turn = turn % #paths + 1\n  return wrk.format('GET', paths[turn])\nend\n`)
  const headers = Object.entries(options.headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`])
  try {
    const { stdout } = await promisify(execFile)('wrk', [
      '-t1', `-c${CONNECTIONS}`, `-d${options.seconds}s`, '--latency', '--timeout', '300s', '-s', script, ...headers, base,
    ])
    return parse(stdout)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function parse(text: string): Load {
  const number = (pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? 0)
  const socket = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text)?.slice(1) ?? []
  const requests = number(/(\d+) requests in/)
  if (!/Latency Distribution/.test(text)) throw new Error(`wrk said something unexpected:\n${text}`)
  return {
    requests,
    perSecond: number(/Requests\/sec:\s+([\d.]+)/),
    bytesPerSecond: size(/Transfer\/sec:\s+([\d.]+)([KMGT]?)B/.exec(text)),
    p50: duration(/\b50%\s+([\d.]+)(us|ms|s|m)/.exec(text)),
    p99: duration(/\b99%\s+([\d.]+)(us|ms|s|m)/.exec(text)),
    errors: number(/Non-2xx or 3xx responses: (\d+)/) + socket.reduce((sum, count) => sum + Number(count), 0),
  }
}

const MS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000, m: 60_000 }
const duration = (match: RegExpExecArray | null): number => Number(match?.[1] ?? 0) * (MS[match?.[2] ?? ''] ?? 0)
const size = (match: RegExpExecArray | null): number => Number(match?.[1] ?? 0) * 1024 ** ['', 'K', 'M', 'G', 'T'].indexOf(match?.[2] ?? '')
