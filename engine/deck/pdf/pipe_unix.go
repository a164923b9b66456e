//go:build !windows

package pdf

import (
	"os"
	"os/exec"
	"syscall"
)

// connect gives the command two pipes as its file descriptors 3 and 4, by which it is driven.
func connect(cmd *exec.Cmd, read, write *os.File) {
	cmd.ExtraFiles = []*os.File{read, write}
	cmd.Args = append(cmd.Args, "--remote-debugging-pipe")
	group(cmd)
}

// group gives the command a group of processes of its own, so that all of them can be ended.
func group(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// end kills a started command with all of its children.
func end(cmd *exec.Cmd) {
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
}

// unsandboxed reports a user for whom Chromium starts only without its sandbox.
func unsandboxed() bool { return os.Geteuid() == 0 }
