/** What servers say in protocols where the client waits for them, or waits for an answer; as little as keeps it talking. */
export interface Conversation {
  name: string
  /** Said at once to whoever says nothing. */
  greeting?: string | Buffer
  /** null: nothing to say. `last`: and from here on somebody else listens (STARTTLS). */
  reply(chunk: Buffer): string | Buffer | { last: string } | null
}

const BY_PORT: Readonly<Record<number, () => Conversation>> = {
  21: ftp, 22: ssh, 2222: ssh, 23: telnet, 25: smtp, 465: smtp, 587: smtp, 2525: smtp, 110: pop, 995: pop, 143: imap, 993: imap, 3306: mysql, 6379: redis,
}

export const begin = (port: number): Conversation | null => (Object.hasOwn(BY_PORT, port) ? BY_PORT[port]?.() ?? null : null)

/** By the first words, else by the port; null: raw bytes. */
export function guess(first: Buffer, port: number): Conversation | null {
  const words = first.subarray(0, 300).toString('latin1')
  if (/^(?:EHLO|HELO) /i.test(words)) return smtp()
  if (/^SSH-[12]\./.test(words)) return ssh()
  if (/^(?:NICK|USER|CAP LS|PASS \S+\r?\nNICK)\b/.test(words)) return irc()
  if (/^\*\d+\r\n\$\d+\r\n|^(?:PING|INFO|CONFIG|AUTH|SET|GET|KEYS)\b.{0,200}\r\n/i.test(words)) return redis()
  if (/"method"\s*:\s*"(?:login|mining\.|eth_|getjob|keepalived)/.test(words)) return stratum()
  return begin(port)
}

/** Calls `answer` for each whole line, and joins what it says. */
function byLine(answer: (line: string) => string | null): (chunk: Buffer) => string | null {
  let rest = ''
  return (chunk) => {
    const lines = (rest + chunk.toString('latin1')).split('\n')
    rest = (lines.pop() ?? '').slice(-2_000)
    return lines.slice(0, 1_000).map((line) => answer(line.trimEnd()) ?? '').join('') || null
  }
}

function smtp(): Conversation {
  let data = false
  let next: string | null = null
  let starts = false
  const lines = byLine((line) => {
    if (data) {
      if (line !== '.') return null
      data = false
      return '250 2.0.0 Ok: queued as 4Zr1kD2pXyz\r\n'
    }
    if (next !== null) {
      const words = next
      next = words.startsWith('334') ? '235 2.7.0 Authentication successful\r\n' : null
      return words
    }
    const verb = line.slice(0, 8).toUpperCase()
    if (verb.startsWith('EHLO')) return '250-mx.mail.example\r\n250-SIZE 35882577\r\n250-STARTTLS\r\n250-AUTH LOGIN PLAIN\r\n250 8BITMIME\r\n'
    if (verb.startsWith('DATA')) {
      data = true
      return '354 End data with <CR><LF>.<CR><LF>\r\n'
    }
    if (verb === 'STARTTLS') {
      starts = true
      return null
    }
    if (/^AUTH LOGIN\s*$/i.test(line)) {
      next = '334 UGFzc3dvcmQ6\r\n'
      return '334 VXNlcm5hbWU6\r\n'
    }
    if (/^AUTH LOGIN \S/i.test(line)) {
      next = '235 2.7.0 Authentication successful\r\n'
      return '334 UGFzc3dvcmQ6\r\n'
    }
    if (/^AUTH PLAIN\s*$/i.test(line)) {
      next = '235 2.7.0 Authentication successful\r\n'
      return '334 \r\n'
    }
    if (verb.startsWith('AUTH')) return '235 2.7.0 Authentication successful\r\n'
    return verb.startsWith('QUIT') ? '221 2.0.0 Bye\r\n' : '250 2.1.0 Ok\r\n'
  })
  return {
    name: 'smtp', greeting: '220 mx.mail.example ESMTP Postfix\r\n',
    reply: (chunk) => {
      const words = lines(chunk)
      if (!starts) return words
      starts = false
      return { last: `${words ?? ''}220 2.0.0 Ready to start TLS\r\n` }
    },
  }
}

function ftp(): Conversation {
  const known: Readonly<Record<string, string>> = {
    USER: '331 Please specify the password.', PASS: '230 Login successful.', SYST: '215 UNIX Type: L8', PWD: '257 "/"', QUIT: '221 Goodbye.', FEAT: '211 End',
    PASV: '227 Entering Passive Mode (198,18,1,21,195,80).', EPSV: '229 Entering Extended Passive Mode (|||50000|)',
    STOR: '150 Ok to send data.\r\n226 Transfer complete.',
  }
  return {
    name: 'ftp', greeting: '220 (vsFTPd 3.0.5)\r\n',
    reply: byLine((line) => {
      const verb = line.slice(0, 4).trim().toUpperCase()
      return `${Object.hasOwn(known, verb) ? known[verb] : '200 Command okay.'}\r\n`
    }),
  }
}

function redis(): Conversation {
  return {
    name: 'redis',
    reply: (chunk) => {
      const words = chunk.subarray(0, 65_536).toString('latin1')
      const commands = Math.max(1, Math.min(1_000, words.match(/(?:^|\r\n)\*\d+\r\n/g)?.length ?? 1))
      if (/\bPING\b/i.test(words)) return '+PONG\r\n'.repeat(commands)
      if (/\b(?:KEYS|CONFIG\r\n\$3\r\nGET)\b/i.test(words)) return '*0\r\n'.repeat(commands)
      return /\b(?:GET|INFO)\b/i.test(words) ? '$-1\r\n'.repeat(commands) : '+OK\r\n'.repeat(commands)
    },
  }
}

function irc(): Conversation {
  return {
    name: 'irc',
    reply: byLine((line) => {
      const [verb = '', word = '*'] = line.slice(0, 300).split(' ')
      if (verb === 'PING') return `PONG ${word}\r\n`
      if (verb === 'NICK') return `:irc.example 001 ${word} :Welcome\r\n:irc.example 376 ${word} :End of /MOTD command.\r\n`
      return verb === 'JOIN' ? `:me JOIN ${word}\r\n` : null
    }),
  }
}

function stratum(): Conversation {
  return {
    name: 'stratum',
    reply: byLine((line) => {
      const id = /"id"\s*:\s*(\d{1,9}|"[\w-]{1,40}")/.exec(line)?.[1] ?? '1'
      if (/"login"/.test(line)) return `{"id":${id},"jsonrpc":"2.0","error":null,"result":{"id":"7f3a","status":"OK"}}\n`
      if (/mining\.subscribe/.test(line)) return `{"id":${id},"error":null,"result":[[["mining.notify","ae68"]],"08000002",4]}\n`
      return `{"id":${id},"error":null,"result":true}\n`
    }),
  }
}

const silent = (name: string, greeting: string | Buffer, answer: (line: string) => string | null = () => null): Conversation => ({ name, greeting, reply: byLine(answer) })

function ssh(): Conversation {
  return silent('ssh', 'SSH-2.0-OpenSSH_9.6p1 Ubuntu-3ubuntu13.5\r\n')
}

function telnet(): Conversation {
  return silent('telnet', '\r\nlogin: ', () => 'Password: ')
}

function pop(): Conversation {
  return silent('pop3', '+OK POP3 ready\r\n', () => '+OK\r\n')
}

function imap(): Conversation {
  return silent('imap', '* OK IMAP4rev1 ready\r\n', (line) => `${/^[\w.]{1,20}/.exec(line)?.[0] ?? 'a'} OK done\r\n`)
}

function mysql(): Conversation {
  const body = Buffer.concat([
    Buffer.from([10]), Buffer.from('8.0.39\0'), Buffer.from([11, 0, 0, 0]), Buffer.from('aB3$kLm9\0'),
    Buffer.from([0xff, 0xf7, 0xff, 2, 0, 0xff, 0xc7, 21]), Buffer.alloc(10), Buffer.from('pQ7!rStUv2Wx\0mysql_native_password\0'),
  ])
  return { name: 'mysql', greeting: Buffer.concat([Buffer.from([body.length, 0, 0, 0]), body]), reply: () => null }
}
