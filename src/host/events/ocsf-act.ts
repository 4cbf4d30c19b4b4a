import { isIP } from 'node:net'
import { posix } from 'node:path'
import type { HostEvent } from './event.ts'

type Act = NonNullable<HostEvent['act']>
type Fields = Record<string, unknown>

/** Class, activity and the attributes of that class, of OCSF 1.8. */
interface Classed {
  class: number
  activity: number
  fields: Fields
}

/** HTTP Activity's numbers of methods. */
const METHODS: Readonly<Record<string, number>> = { CONNECT: 1, DELETE: 2, GET: 3, HEAD: 4, OPTIONS: 5, POST: 6, PUT: 7, TRACE: 8, PATCH: 9 }
const FILE_ACTIVITY: Readonly<Record<string, number>> = { read: 2, write: 3, delete: 4, rename: 5, mode: 6, link: 99 }
const OTHER = 99

/** What an act is in OCSF: file, process, kernel, module, network, HTTP or DNS activity. */
export function classOf(act: Act): Classed {
  switch (act.kind) {
    case 'exec': return { class: 1007, activity: 1, fields: { process: processOf({ pid: act.pid, parent: null, program: act.target, argv: act.argv ?? [] }), launch_type_id: 3 } }
    case 'inject': return { class: 1007, activity: 4, fields: { process: targetProcess(act), injection_type_id: 0 } }
    case 'signal': return { class: 1007, activity: OTHER, fields: { activity_name: 'Signal', process: targetProcess(act) } }
    case 'environment': return { class: 1007, activity: OTHER, fields: { activity_name: 'Read Environment', process: { pid: act.pid, environment_variables: [{ name: act.target, value: '' }] } } }
    case 'read': case 'write': case 'delete': case 'rename': case 'link': case 'mode': return {
      class: 1001, activity: FILE_ACTIVITY[act.kind] ?? OTHER,
      fields: { file: fileOf(act.target), ...(act.kind === 'link' ? { activity_name: 'Link' } : {}), ...(act.other === undefined ? {} : { file_result: fileOf(act.other) }) },
    }
    case 'resolve': return { class: 4003, activity: 1, fields: { query: { hostname: act.target } } }
    case 'connect': return { class: 4001, activity: 1, fields: network(act, 2) }
    case 'send': return { class: 4001, activity: 6, fields: network(act, 2) }
    case 'listen': return { class: 4001, activity: 7, fields: network(act, 1) }
    case 'request': return { class: 4002, activity: act.method !== undefined && Object.hasOwn(METHODS, act.method) ? METHODS[act.method] ?? OTHER : OTHER, fields: { http_request: { url: { url_string: act.target }, ...(act.method === undefined ? {} : { http_method: act.method }), ...(act.bytes === undefined ? {} : { body_length: act.bytes }) } } }
    case 'memory': case 'code': return { class: 1005, activity: 1, fields: { module: { load_type_id: 2, file: fileOf(act.target) } } }
    case 'refused': case 'sleep': return { class: 1003, activity: 4, fields: { kernel: { name: act.kind === 'sleep' ? 'sleep' : act.target || 'unknown', type_id: 2, system_call: act.target } } }
  }
}

/** The same as evidence of a finding. */
export function evidenceOf(act: Act): Fields {
  const { class: kind, fields } = classOf(act)
  if (kind === 1001) return { file: fields['file'] }
  if (kind === 1005) return { file: fileOf(act.target) }
  if (kind === 1007) return { process: fields['process'] }
  if (kind === 4001) return { dst_endpoint: fields['dst_endpoint'], connection_info: fields['connection_info'] }
  if (kind === 4002) return { url: { url_string: act.target }, http_request: fields['http_request'] }
  if (kind === 4003) return { query: fields['query'] }
  return { data: { system_call: act.target } }
}

export function processOf({ pid, parent, program, argv }: NonNullable<HostEvent['process']>): Fields {
  return { pid, name: posix.basename(program), path: program, ...(argv.length === 0 ? {} : { cmd_line: argv.join(' ') }), ...(parent === null ? {} : { parent_process: { pid: parent } }) }
}

function targetProcess({ target, pid }: Act): Fields {
  const [, number, name] = /^(\d{1,9})(?: (.+))?$/s.exec(target) ?? []
  return number === undefined ? { pid, name: target } : { pid: Number(number), ...(name === undefined ? {} : { name }) }
}

/** A path ends in its name; the kind of file is not known. */
const fileOf = (path: string): Fields => ({ name: posix.basename(path) || path || '?', path, type_id: 0 })

function network({ target, name, bytes }: Act, direction: number): Fields {
  const [, six, four, port] = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/.exec(target) ?? []
  const host = six ?? four
  const endpoint: Fields = host === undefined || port === undefined ? { name: target } : { ...(isIP(host) ? { ip: host } : { hostname: host }), port: Number(port), ...(name === undefined ? {} : { hostname: name }) }
  return { dst_endpoint: endpoint, connection_info: { direction_id: direction, ...(host === undefined ? { protocol_name: 'unix' } : {}) }, ...(bytes === undefined ? {} : { traffic: { bytes_out: bytes } }) }
}
