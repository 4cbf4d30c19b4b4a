import { homedir } from 'node:os'
import type { Command } from 'commander'
import { SluiceError } from '../core/errors.ts'
import { parsePackage } from '../core/package-spec.ts'
import { ecosystems } from '../ecosystems/index.ts'
import { findLeftovers } from '../host/caches/index.ts'
import type { CacheReport, Leftover, Sought } from '../host/caches/index.ts'
import { atDesk } from './at-desk.ts'
import { globalsOf } from './globals.ts'
import type { Surroundings } from './opened.ts'
import { createPrinter, plain } from './print.ts'
import type { Printer } from './print.ts'
import { digestOf } from './words.ts'

/** Whether the caches of this machine's clients still have something that was taken back. */
export function leftovers(program: Command, surroundings: Surroundings, done: (code: number) => void): void {
  program.command('leftovers [package...]')
    .description('what the package managers of this machine still keep of recalled packages')
    .option('--digest <digest>', 'exact bytes (sha256:…), whatever they are called; may be repeated', (value: string, all: string[] = []) => [...all, value])
    .option('--home <dir>', 'look in this home folder instead of your own')
    .addHelpText('after', [
      '\nWithout a package it asks the data folder, or the gate named with --server, what is recalled. It looks into the caches of npm,',
      'pnpm, yarn, bun, pip, uv, poetry, pdm and go, where their variables and defaults say; it reads, changes nothing and follows no link.',
      'Installed trees and lockfiles are what sluice check looks at. Exit codes: 0 nothing is there, 1 something is, 2 bad usage.',
      '\nExamples:\n  sluice leftovers --server http://gate.acme.example:4880\n  sluice leftovers npm:left-pad@1.3.0 pypi:requests',
    ].join('\n'))
    .action(async (specs: string[], options: { digest?: string[]; home?: string }, command: Command) => {
      const named = [...specs.map(soughtOf), ...(options.digest ?? []).map((digest): Sought => ({ ecosystem: null, name: null, version: null, digest: digestOf(digest), sha512: null, size: null }))]
      if (named.length > 0) return show(createPrinter(surroundings, globalsOf(command).json === true), named)
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        const files = await desk.recalls.files()
        if (files.length === 0 && !printer.wantsJson) return printer.note('Nothing is recalled now, so there is nothing to look for.')
        await show(printer, files.map((file) => ({ ...file, digest: digestOf(file.digest) })))
      })

      async function show(printer: Printer, sought: readonly Sought[]): Promise<void> {
        const home = options.home ?? homedir()
        // Variables speak of the person's own home.
        const env = options.home === undefined ? surroundings.env : {}
        const report = await findLeftovers(sought, { env, home, platform: process.platform }, (folder) => printer.progress(`looking into ${folder}`))
        printer.progress('')
        if (report.leftovers.length > 0) done(1)
        if (printer.wantsJson) printer.json(report)
        else print(printer, report)
      }
    })
}

function soughtOf(spec: string): Sought {
  const { ecosystem, name: raw, version } = parsePackage(spec)
  const { canonicalName, canonicalVersion, isName } = ecosystems[ecosystem]
  const name = canonicalName(raw)
  if (!isName(name)) throw new SluiceError('usage', `no ${ecosystem} package can be called ${plain(raw, 100)}`)
  return { ecosystem, name, version: version === null ? null : canonicalVersion(version), digest: null, sha512: null, size: null }
}

function print(printer: Printer, { leftovers: found, looked, left }: CacheReport): void {
  if (looked.length === 0) printer.note('There is no cache of a package manager here.')
  else if (found.length === 0) printer.lines(`Nothing of it is left in ${looked.length === 1 ? 'the cache' : 'the caches'} of ${[...new Set(looked.map(({ client }) => client))].join(', ')}.`)
  for (const line of left) printer.note(`not looked at: ${plain(line, 300)}`)
  if (found.length === 0) return
  printer.table(['client', 'package', 'found by', 'where'], found.map((one) => [one.client, plain(nameOf(one)), one.by, plain(one.path, 300)]))
  printer.lines('', 'To clear:', ...[...new Set(found.map(({ clear }) => clear))].map((command) => `  ${plain(command, 1_000)}`))
}

const nameOf = ({ name, version }: Leftover): string => (name === null ? 'these bytes' : `${name}${version === null ? '' : `@${version}`}`)
