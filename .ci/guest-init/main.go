// Command guest-init is the first process of a guest kernel: it mounts what saker
// needs, runs it, acts for one of its default rules, ends it and powers off. What
// is printed goes to the serial console, where .ci/kernels looks for the alert.
package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

func main() {
	if len(os.Args) > 1 { // the actor
		if _, err := os.ReadFile(os.Args[1]); err != nil {
			fmt.Println("guest:", err)
		}
		return
	}
	if err := run(); err != nil {
		fmt.Println("guest:", err)
	}
	unix.Sync()
	unix.Reboot(unix.LINUX_REBOOT_CMD_POWER_OFF)
}

func run() error {
	for _, m := range [][2]string{
		{"proc", "/proc"}, {"sysfs", "/sys"}, {"devtmpfs", "/dev"}, {"tmpfs", "/tmp"}, {"cgroup2", "/sys/fs/cgroup"},
	} {
		if err := unix.Mount(m[0], m[1], m[0], 0, ""); err != nil {
			return fmt.Errorf("mount %s: %w", m[0], err)
		}
	}
	saker := exec.Command("/saker", "-o", "nats_output.enabled=false")
	saker.Stdout = os.Stdout
	messages, err := saker.StderrPipe()
	if err != nil {
		return err
	}
	if err := saker.Start(); err != nil {
		return err
	}
	for lines := bufio.NewScanner(messages); lines.Scan(); {
		fmt.Println(lines.Text())
		if strings.Contains(lines.Text(), "watching this machine") {
			break
		}
	}
	actor := exec.Command("/reader", "/etc/shadow")
	actor.Stdout = os.Stdout
	if err := actor.Run(); err != nil {
		return err
	}
	time.Sleep(2 * time.Second)
	if err := saker.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	if err := saker.Wait(); err != nil {
		return fmt.Errorf("saker: %w", err)
	}
	fmt.Println("guest: saker ended well")
	return nil
}
