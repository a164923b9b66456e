package pdf

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// connect hands two pipes to the command as inherited handles, by which it is driven.
func connect(cmd *exec.Cmd, read, write *os.File) {
	in, out := syscall.Handle(read.Fd()), syscall.Handle(write.Fd())
	_ = syscall.SetHandleInformation(in, syscall.HANDLE_FLAG_INHERIT, syscall.HANDLE_FLAG_INHERIT)
	_ = syscall.SetHandleInformation(out, syscall.HANDLE_FLAG_INHERIT, syscall.HANDLE_FLAG_INHERIT)
	cmd.Args = append(cmd.Args, "--remote-debugging-pipe", fmt.Sprintf("--remote-debugging-io-pipes=%d,%d", in, out))
	cmd.SysProcAttr = &syscall.SysProcAttr{AdditionalInheritedHandles: []syscall.Handle{in, out}}
}

// group does nothing: a command's children go with it.
func group(*exec.Cmd) {}

// end kills a started command; its children go when their pipes close.
func end(cmd *exec.Cmd) { _ = cmd.Process.Kill() }

// unsandboxed reports a user for whom Chromium starts only without its sandbox.
func unsandboxed() bool { return false }
