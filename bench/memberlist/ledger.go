package main

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"sort"
	"sync"
	"time"
)

// A message begins with its publisher and its number; what follows is ballast.
const headerBytes = 16

// patience is how long nothing may arrive of a message until it counts as lost: memberlist says each message so many
// times and then forgets it.
const patience = 3 * time.Second

// flight is a message that not all have yet.
type flight struct {
	sent    time.Time
	missing int
}

// ledger knows what is under way and what became of the rest. Safe for all goroutines.
type ledger struct {
	mutex      sync.Mutex
	room       *sync.Cond
	receivers  int
	window     int
	ballast    []byte
	next       uint64
	flights    map[uint64]*flight
	seen       []map[uint64]bool // by node: numbers that it had, so that what comes twice counts once
	accepted   int
	complete   int
	lost       int
	duplicates int64
	latencies  []time.Duration
}

func newLedger(o options) *ledger {
	l := &ledger{receivers: o.nodes - 1, window: o.window, ballast: make([]byte, o.payload),
		flights: map[uint64]*flight{}}
	for index := range l.ballast { // memberlist compresses, what applications send is seldom all zeros
		l.ballast[index] = byte(rand.Uint32())
	}
	l.room = sync.NewCond(&l.mutex)
	for range o.nodes {
		l.seen = append(l.seen, map[uint64]bool{})
	}
	return l
}

// arrived notes a message at a node and says whether it is the first time.
func (l *ledger) arrived(node int, message []byte) bool {
	number := binary.BigEndian.Uint64(message[8:])
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.seen[node][number] {
		l.duplicates++
		return false
	}
	l.seen[node][number] = true
	if under := l.flights[number]; under != nil {
		under.missing--
		if under.missing == 0 {
			delete(l.flights, number)
			l.complete++
			l.latencies = append(l.latencies, time.Since(under.sent))
			l.room.Broadcast()
		}
	}
	return true
}

// take waits for room and returns the next message of a publisher, or nil once it is too late.
func (l *ledger) take(publisher int, deadline time.Time) []byte {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for len(l.flights) >= l.window && time.Now().Before(deadline) {
		l.room.Wait()
	}
	if !time.Now().Before(deadline) {
		return nil
	}
	l.next++
	l.accepted++
	l.flights[l.next] = &flight{time.Now(), l.receivers}
	message := slices.Clone(l.ballast)
	binary.BigEndian.PutUint64(message, uint64(publisher))
	binary.BigEndian.PutUint64(message[8:], l.next)
	l.seen[publisher][l.next] = true // its own copy, where others pass it back, is no delivery
	return message
}

// publish lets the publishers send until the deadline, each as fast as there is room.
func (l *ledger) publish(publishers []*node, deadline time.Time) {
	var wait sync.WaitGroup
	for index, publisher := range publishers {
		wait.Go(func() {
			for message := l.take(index, deadline); message != nil; message = l.take(index, deadline) {
				publisher.pass(message)
			}
		})
	}
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for now := range ticker.C {
		l.giveUp(now)
		if now.After(deadline) {
			break
		}
	}
	l.room.Broadcast()
	wait.Wait()
}

// giveUp makes room where a message did not reach all in time.
func (l *ledger) giveUp(now time.Time) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for number, under := range l.flights {
		if now.Sub(under.sent) > patience {
			delete(l.flights, number)
			l.lost++
		}
	}
	l.room.Broadcast()
}

// forget begins the measured time; what is under way stays so.
func (l *ledger) forget() {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.accepted, l.complete, l.lost, l.duplicates, l.latencies = 0, 0, 0, 0, nil
}

func (l *ledger) result(o options, elapsed time.Duration) result {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	sort.Slice(l.latencies, func(a, b int) bool { return l.latencies[a] < l.latencies[b] })
	return result{Profile: o.profile, Window: o.window, Seconds: elapsed.Seconds(), Accepted: l.accepted,
		Complete: l.complete, Lost: l.lost, Duplicates: l.duplicates,
		P50Milliseconds: l.rank(0.50), P99Milliseconds: l.rank(0.99)}
}

// rank is the nearest-rank quantile in milliseconds, 0 where nothing arrived.
func (l *ledger) rank(share float64) float64 {
	if len(l.latencies) == 0 {
		return 0
	}
	index := min(int(share*float64(len(l.latencies))), len(l.latencies)-1)
	return float64(l.latencies[index].Microseconds()) / 1000
}
