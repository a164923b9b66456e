package main

type truth struct{}

func (t *truth) add(b *entityYear)        {}
func (t *truth) files() map[string][]byte { return nil }
