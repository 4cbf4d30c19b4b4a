/** Hosts that everybody uses, by what of an address on them is one person's. Not complete: the rest shows by how many strangers share it. */

/** Places where the path tells whose it is: messages, pastes, files, short links. */
const PATH = words(`discord.com discordapp.com ptb.discord.com canary.discord.com cdn.discordapp.com media.discordapp.net discord.gg hooks.slack.com
  api.telegram.org t.me telegram.me outlook.office.com outlook.office365.com pastebin.com paste.ee rentry.co hastebin.com dpaste.com ghostbin.co
  controlc.com textbin.net ix.io transfer.sh file.io gofile.io anonfiles.com catbox.moe files.catbox.moe 0x0.st bashupload.com temp.sh filebin.net
  dropbox.com www.dropbox.com dl.dropboxusercontent.com mega.nz mediafire.com www.mediafire.com drive.google.com docs.google.com
  storage.googleapis.com s3.amazonaws.com webhook.site canarytokens.com bit.ly tinyurl.com is.gd cutt.ly rb.gy t.ly grabify.link iplogger.org
  iplogger.com raw.githubusercontent.com gist.github.com gist.githubusercontent.com objects.githubusercontent.com`)

/** Where nothing is anybody's: echoes of one's own address, tests, resolvers, this machine; and pages of projects, which impostors name, too. */
const NOBODY = words(`ipinfo.io api.ipify.org api64.ipify.org ipify.org ifconfig.me ifconfig.co ipapi.co ip-api.com icanhazip.com checkip.amazonaws.com
  api.myip.com ident.me jsonip.com wtfismyip.com geolocation-db.com httpbin.org postman-echo.com localhost 127.0.0.1 0.0.0.0 ::1 [::1] 1.1.1.1 1.0.0.1
  8.8.8.8 8.8.4.4 9.9.9.9 google.com www.google.com googleapis.com www.googleapis.com microsoft.com www.microsoft.com cloudflare.com
  github.com www.github.com api.github.com gitlab.com bitbucket.org codeberg.org gitee.com sourceforge.net stackoverflow.com medium.com twitter.com
  x.com facebook.com www.facebook.com linkedin.com www.linkedin.com youtube.com www.youtube.com instagram.com wikipedia.org en.wikipedia.org
  169.254.169.254`)

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(/\s+/))
}

/** How much of an address it takes to be one person's: the host will do, the whole, or nothing. */
export function ownershipOf(host: string): 'host' | 'path' | 'nobody' {
  return NOBODY.has(host) ? 'nobody' : PATH.has(host) ? 'path' : 'host'
}
