import type { Command } from 'commander'
import { Option } from 'commander'
import type { Scope } from '../access/tokens.ts'
import { SluiceError } from '../core/errors.ts'
import { atDesk } from './at-desk.ts'
import type { Surroundings } from './opened.ts'
import { moment, plain } from './print.ts'
import { until } from './words.ts'

/** Access tokens for clients, CI and people. */
export function token(program: Command, surroundings: Surroundings): void {
  const group = program.command('token').description('access tokens: create, list, revoke')

  group.command('create <name>')
    .description('make a token; its secret is printed once and stored nowhere')
    .addOption(new Option('--scope <scope>', 'read: packages, pages; inventory: also telling what services use; host: also speaking for one machine; audit: also traces, orders, policy; admin: everything but speaking for a machine').choices(['read', 'inventory', 'host', 'audit', 'admin']).default('read'))
    .option('--host <name>', 'with --scope host: the machine it speaks for, * for any; else the first it speaks of')
    .option('--expires <when>', 'end by itself: 90d, 2030-12-31')
    .addHelpText('after', '\nThe secret goes to standard output alone:\n  SLUICE_TOKEN=$(sluice token create ci --expires 90d)')
    .action(async (name: string, options: { scope: Scope; expires?: string; host?: string }, command: Command) => {
      const expiresAt = options.expires === undefined ? null : until(options.expires, '--expires')
      await atDesk(command, surroundings, { create: true }, async (desk, printer) => {
        const made = await desk.createToken({ name, scopes: [options.scope], expiresAt, ...(options.host === undefined ? {} : { host: options.host }) })
        if (printer.wantsJson) return printer.json(made)
        printer.note(`Token ${made.token.id} (${plain(name)}, ${options.scope}${made.token.host === null ? '' : ` of ${made.token.host === '*' ? 'any machine' : plain(made.token.host)}`}${expiresAt === null ? '' : `, until ${moment(expiresAt.toISOString())}`}). This is the only time its secret is shown:`)
        printer.lines(made.secret)
      })
    })

  group.command('list')
    .description('all tokens, without their secrets')
    .action(async (_options: object, command: Command) => {
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        const all = await desk.tokens()
        if (printer.wantsJson) return printer.json(all)
        if (all.length === 0) return printer.note('There are no tokens yet: sluice token create NAME makes one.')
        const state = ({ revokedAt, expiresAt }: (typeof all)[number]): string =>
          revokedAt !== null ? `revoked ${moment(revokedAt)}` : expiresAt === null ? 'valid' : Date.parse(expiresAt) <= Date.now() ? `expired ${moment(expiresAt)}` : `until ${moment(expiresAt)}`
        printer.table(['id', 'name', 'scopes', 'created', 'state'], all.map((one) => [one.id, plain(one.name), `${one.scopes.join(' ')}${one.host === null ? '' : ` (${plain(one.host)})`}`, moment(one.createdAt), state(one)]))
      })
    })

  group.command('revoke <id>')
    .description('refuse a token from now on (within two seconds)')
    .action(async (id: string, _options: object, command: Command) => {
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        if (!(await desk.revokeToken(id))) throw new SluiceError('not-found', `no valid token has the id ${plain(id, 40)}`, { hint: 'sluice token list shows them; the id is not the secret' })
        if (printer.wantsJson) printer.json({ revoked: true, id })
        else printer.lines(`token ${id} is revoked`)
      })
    })
}
