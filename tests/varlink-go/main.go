// SPDX-License-Identifier: BSD-2-Clause

// A caller of the socket that knows nothing of it but its description: Debian's
// library speaks the protocol, and its generator made the package of types and
// calls. Each step prints a line; the first one that goes wrong ends it with 1.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/varlink/go/varlink"

	client "orgtenuredclient"
)

var address = "unix:" + os.Args[1]

func check(what string, err error) {
	if err != nil {
		fmt.Printf("%s: %T %v\n", what, err, err)
		os.Exit(1)
	}
	fmt.Println(what)
}

func want(what string, is bool) {
	if !is {
		check(what, fmt.Errorf("is not so"))
	}
	fmt.Println(what)
}

func dial(ctx context.Context) *varlink.Connection {
	c, err := varlink.NewConnection(ctx, address)
	check("connected", err)
	return c
}

func describe(ctx context.Context, c *varlink.Connection) {
	var vendor, product, version, url string
	var interfaces []string

	check("GetInfo", c.GetInfo(ctx, &vendor, &product, &version, &url, &interfaces))
	want("two interfaces", strings.Join(interfaces, " ") ==
		"org.varlink.service org.tenured.Client")
	text, err := c.GetInterfaceDescription(ctx, "org.tenured.Client")
	check("GetInterfaceDescription", err)
	want("it describes Subscribe", strings.Contains(text, "method Subscribe("))
	_, err = c.GetInterfaceDescription(ctx, "org.example")
	_, typed := err.(*varlink.InterfaceNotFound)
	want("InterfaceNotFound", typed)
}

func read(ctx context.Context, c *varlink.Connection) {
	name := "eth0"

	version, pid, sandbox, interfaces, hooks, err := client.Status().Call(ctx, c, &name)
	check("Status", err)
	want("one that is BOUND", version != "" && pid > 0 && len(sandbox) > 0 &&
		hooks.State != "" && len(interfaces) == 1 && interfaces[0].State == "BOUND")
	all, err := client.ListInterfaces().Call(ctx, c)
	check("ListInterfaces", err)
	want("its address", len(all) == 1 && *all[0].Address == "10.0.0.10")
	lease, err := client.GetLease().Call(ctx, c, name)
	check("GetLease", err)
	want("a lease with options", lease.Address == "10.0.0.10" && len(lease.Options) > 2)
	_, wakeups, connections, _, level, counted, err := client.Statistics().Call(ctx, c, nil)
	check("Statistics", err)
	want("counters", wakeups > 0 && connections == 2 && level != "" &&
		counted[0].Leases == 1 && counted[0].Sent["DISCOVER"] > 0)
}

func refuse(ctx context.Context, c *varlink.Connection) {
	_, err := client.Renew().Call(ctx, c, "eth9", nil)
	typed, is := err.(*client.NoSuchInterface)
	want("NoSuchInterface", is && typed.Interface == "eth9" && typed.Message != "")
	_, err = client.Subscribe().Call(ctx, c, nil)
	want("ExpectedMore", err != nil &&
		strings.HasSuffix(err.Error(), "org.varlink.service.ExpectedMore"))
}

// Reads events until one of the kind comes; all of them in order.
func await(ctx context.Context, kind string,
	next func(context.Context) (client.Event, uint64, error), number *int64) client.Event {
	for {
		event, flags, err := next(ctx)
		if err != nil || flags&varlink.Continues == 0 || event.Sequence != *number {
			check("an event", fmt.Errorf("%v, flags %d, number %d: %v",
				event, flags, *number, err))
		}
		*number++
		if event.Kind == kind {
			fmt.Println("event " + kind)
			return event
		}
	}
}

func watch(ctx context.Context, c, hand *varlink.Connection) {
	var number int64

	next, err := client.Subscribe().Send(ctx, c, varlink.More, nil)
	check("Subscribe", err)
	await(ctx, "ready", next, &number)
	lease, err := client.Renew().Call(ctx, hand, "eth0", nil)
	check("Renew", err)
	event := await(ctx, "renewed", next, &number)
	want("the same lease", *event.Address == lease.Address &&
		event.Lease.Address == lease.Address)
	_, err = client.Release().Call(ctx, hand, "eth0", nil)
	check("Release", err)
	await(ctx, "released", next, &number)
	await(ctx, "stopped", next, &number)
	_, err = client.Renew().Call(ctx, hand, "eth0", nil)
	_, is := err.(*client.Stopped)
	want("Stopped", is)
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	c, hand := dial(ctx), dial(ctx)
	describe(ctx, c)
	read(ctx, c)
	refuse(ctx, c)
	watch(ctx, c, hand)
	fmt.Println("all is well")
}
