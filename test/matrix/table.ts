import type { ClientName } from '../harness/clients.ts'
import { KINDS, nameOf } from './kinds.ts'
import type { Kind } from './kinds.ts'
import { CLIENTS } from './outcomes.ts'
import type { Outcomes } from './outcomes.ts'
import type { Seen } from './seen.ts'

const TITLES: Record<ClientName, string> = {
  npm: 'npm (the machine\'s)', npm12: 'npm 12', npm10: 'npm 10', pnpm12: 'pnpm 12', pnpm10: 'pnpm 10', yarn1: 'yarn 1', yarn4: 'yarn 4', bun: 'bun',
  pip: 'pip (the machine\'s)', uv: 'uv', poetry: 'poetry', go: 'go (the machine\'s)',
}

const OTHERWISE: Record<Kind['otherwise'], string> = {
  older: 'an older version', 'older next time': 'an older version, when installed again', none: '–',
}

/** Markdown: who shows what, then the very words, client by client. */
export function renderMeasured(outcomes: Outcomes): string {
  return [
    overview(outcomes),
    ...CLIENTS.map((client) => `### ${TITLES[client]} ${outcomes.versions[client] ?? ''}\n\n${words(client, outcomes)}`),
  ].join('\n')
}

function overview({ cells }: Outcomes): string {
  const head = `| denial | ${CLIENTS.map((client) => TITLES[client].replace(/ \(.*/, '')).join(' | ')} | a range gets |`
  const rows = KINDS.map((kind) => {
    const row = CLIENTS.map((client) => mark(cells[client]?.[kind.id]))
    return `| ${kind.title} | ${row.join(' | ')} | ${OTHERWISE[kind.otherwise]} |`
  })
  return [head, `|${' --- |'.repeat(CLIENTS.length + 2)}`, ...rows, ''].join('\n')
}

function mark(cell: Seen | undefined): string {
  if (!cell) return '?'
  const shown = [cell.reason ? 'reason' : '', cell.request ? 'id' : '', cell.link ? 'link' : ''].filter(Boolean).join(' ')
  return `${shown || '–'} (${cell.exit})`
}

/** Kinds whose words differ only in the package and the reason stand together. */
function words(client: ClientName, { cells }: Outcomes): string {
  const groups = new Map<string, { kinds: Kind[]; example: Seen }>()
  for (const kind of KINDS) {
    const cell = cells[client]?.[kind.id]
    if (!cell) continue
    const shape = shapeOf(cell, kind, client)
    const group = groups.get(shape)
    if (group) group.kinds.push(kind)
    else groups.set(shape, { kinds: [kind], example: cell })
  }
  return [...groups.values()].map(({ kinds, example }) =>
    `${kinds.map(({ title }) => title).join('; ')} – exit ${example.exit}:\n\n\`\`\`text\n${example.says.join('\n')}\n\`\`\`\n`).join('\n')
}

function shapeOf({ says, exit }: Seen, kind: Kind, client: ClientName): string {
  const name = nameOf(kind.id, client)
  const ours = [...new Set([name, name.replace('/', '%2f'), name.replace('/', '%2F'), name.replace('@', '%40'), name.replaceAll('-', '_'), name.replaceAll('-', ' ')])]
  let text = `${exit}\n${says.join('\n').replaceAll('_', ' ')}`.replace(new RegExp(kind.reason.source, 'g'), 'REASON')
  for (const form of ours) text = text.replaceAll(form, 'PACKAGE')
  return text.replaceAll('?version=1.1.0', '').replace(/REASON[^(\n]*/g, 'REASON ')
}
