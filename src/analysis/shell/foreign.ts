import { FETCHED, SOURCES, UNTAINTED } from '../taint.ts'
import { collect, note, runnable, stepped, unknown, urlIn } from './call.ts'
import type { Call, Value } from './call.ts'

const MOST = 50
const STARTS = /\b(?:system|exec|shell_exec|passthru|popen|proc_open|spawn|qx|do shell script|os\.execute|io\.popen)\s{0,5}[({]?\s{0,5}(?:"((?:[^"\\]|\\.){1,2000})"|'((?:[^'\\]|\\.){1,2000})')/g
const SOCKETS = /\b(?:fsockopen|TCPSocket|IO::Socket|socket\s*\(|Socket::INET|\/inet\/tcp|socket\.tcp|stream_socket_client|Net\.Sockets)/i
const FETCHES = /\b(?:LWP::|HTTP::Tiny|Net::HTTP|open-uri|URI\.open|file_get_contents|curl_exec|URI\.parse|XMLHTTP|WinHttp|getstore)/i
const RUNS = /\b(?:eval|exec|system|instance_eval|assert|include|require|Execute|loadstring|load|do shell script|passthru|shell_exec)\b/

/**
 * Code in languages that are not followed (Perl, Ruby, PHP, Lua, AppleScript, awk): known by the few names with which it
 * reaches the network and starts programs. Commands in it are read.
 */
export function readForeign(call: Call, code: Value): Value {
  const text = code.text.slice(0, 65_536)
  const url = urlIn([text])
  if (FETCHES.test(text)) {
    const from = stepped(call, UNTAINTED, FETCHED, { kind: 'fetch', argument: url })
    note(call, 'fetch', url)
    if (RUNS.test(text)) note(call, 'execute', text, from)
  }
  if (SOCKETS.test(text)) {
    const from = stepped(call, UNTAINTED, FETCHED, { kind: 'fetch', argument: url ?? text })
    note(call, 'connect', url ?? text)
    if (/\b(?:exec|system|spawn|open\s*\(\s*STD|\/bin\/(?:ba)?sh|proc_open|cmd)/.test(text)) note(call, 'execute', text, from)
  }
  if (/%ENV\b|\$_ENV|getenv\(\)|ENV\.to_h|ENV\.each/.test(text)) collect(call, SOURCES.environment, text)
  let read = 0
  for (const [, double, single] of text.matchAll(STARTS)) {
    if (read++ >= MOST) break
    call.read((double ?? single ?? '').replace(/\\(["'\\])/g, '$1'), 'posix')
  }
  return unknown(runnable(code.taint))
}
