/**
 * How programs of ours go on after they have begun what may act later: where time runs fast, for two hours of theirs, in steps that
 * double so that what comes first is waited for first; of the kernel's time `ms` at most, and little where all has returned.
 */
export const REST = `
func rest(ms int64, done <-chan bool) {
	from := kernelMs()
	for step := time.Second; step < 2*time.Hour && kernelMs()-from < ms; step *= 2 {
		select {
		case <-done:
			done = nil
			ms = min(ms, kernelMs()-from+1500)
		case <-time.After(step):
		}
	}
}

func kernelMs() int64 {
	var at syscall.Timeval
	_ = syscall.Gettimeofday(&at)
	return int64(at.Sec)*1000 + int64(at.Usec)/1000
}
`

/** The end of a program that imports packages, behind their paths: goroutines they started in `init` have a moment. */
export const imported = (fast: boolean): string => (fast ? `\t"syscall"\n\t"time"\n)\n\nfunc main() { rest(8000, nil) }\n${REST}` : '\t"time"\n)\n\nfunc main() { time.Sleep(400 * time.Millisecond) }\n')
