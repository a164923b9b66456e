package jinja

import (
	"math"
	"math/big"
	"math/bits"
)

// number is an operand as a number; bools count as 0 and 1.
type number struct {
	kind numKind
	i    int64
	f    float64
	b    *big.Int
}

type numKind uint8

const (
	numNone numKind = iota
	numInt
	numBig
	numFloat
)

func toNumber(v Value) number {
	switch v := v.(type) {
	case int64:
		return number{kind: numInt, i: v}
	case float64:
		return number{kind: numFloat, f: v}
	case bool:
		if v {
			return number{kind: numInt, i: 1}
		}
		return number{kind: numInt}
	case *big.Int:
		return number{kind: numBig, b: v}
	}
	return number{}
}

func (n number) float() float64 {
	switch n.kind {
	case numInt:
		return float64(n.i)
	case numBig:
		f, _ := new(big.Float).SetInt(n.b).Float64()
		return f
	default:
		return n.f
	}
}

func (n number) big() *big.Int {
	if n.kind == numBig {
		return n.b
	}
	return big.NewInt(n.i)
}

// normal gives an int64 if the number fits one.
func normal(b *big.Int) Value {
	if b.IsInt64() {
		return b.Int64()
	}
	return b
}

// numberPair gives both operands and the wider of their kinds; numNone if one is no number.
func numberPair(a, b Value) (x, y number, kind numKind) {
	x, y = toNumber(a), toNumber(b)
	if x.kind == numNone || y.kind == numNone {
		return x, y, numNone
	}
	return x, y, max(x.kind, y.kind)
}

func addNumbers(x, y number, kind numKind) Value {
	switch kind {
	case numInt:
		if s := x.i + y.i; (s > x.i) == (y.i > 0) {
			return s
		}
		return normal(new(big.Int).Add(x.big(), y.big()))
	case numBig:
		return normal(new(big.Int).Add(x.big(), y.big()))
	default:
		return x.float() + y.float()
	}
}

func subNumbers(x, y number, kind numKind) Value {
	switch kind {
	case numInt:
		if s := x.i - y.i; (s < x.i) == (y.i > 0) {
			return s
		}
		return normal(new(big.Int).Sub(x.big(), y.big()))
	case numBig:
		return normal(new(big.Int).Sub(x.big(), y.big()))
	default:
		return x.float() - y.float()
	}
}

func mulNumbers(x, y number, kind numKind) Value {
	switch kind {
	case numInt:
		if hi, lo := bits.Mul64(magnitude(x.i), magnitude(y.i)); hi == 0 && lo < 1<<63 {
			return x.i * y.i
		}
		return normal(new(big.Int).Mul(x.big(), y.big()))
	case numBig:
		return normal(new(big.Int).Mul(x.big(), y.big()))
	default:
		return x.float() * y.float()
	}
}

func magnitude(i int64) uint64 {
	if i < 0 {
		return -uint64(i)
	}
	return uint64(i)
}

func divNumbers(x, y number) (Value, error) {
	d := y.float()
	if d == 0 {
		if x.kind == numFloat || y.kind == numFloat {
			return nil, opErrorf("float division by zero")
		}
		return nil, opErrorf("division by zero")
	}
	return x.float() / d, nil
}

func floorDivNumbers(x, y number, kind numKind) (Value, error) {
	switch kind {
	case numInt:
		if y.i == 0 {
			return nil, opErrorf("integer division or modulo by zero")
		}
		if x.i == math.MinInt64 && y.i == -1 {
			return normal(new(big.Int).Neg(x.big())), nil
		}
		q := x.i / y.i
		if x.i%y.i != 0 && (x.i < 0) != (y.i < 0) {
			q--
		}
		return q, nil
	case numBig:
		if y.big().Sign() == 0 {
			return nil, opErrorf("integer division or modulo by zero")
		}
		q, _ := floorDivBig(x.big(), y.big())
		return normal(q), nil
	default:
		d := y.float()
		if d == 0 {
			return nil, opErrorf("float floor division by zero")
		}
		m := floatMod(x.float(), d)
		return math.Round((x.float() - m) / d), nil
	}
}

func modNumbers(x, y number, kind numKind) (Value, error) {
	switch kind {
	case numInt:
		if y.i == 0 {
			return nil, opErrorf("integer modulo by zero")
		}
		if y.i == -1 {
			return int64(0), nil
		}
		m := x.i % y.i
		if m != 0 && (m < 0) != (y.i < 0) {
			m += y.i
		}
		return m, nil
	case numBig:
		if y.big().Sign() == 0 {
			return nil, opErrorf("integer modulo by zero")
		}
		_, m := floorDivBig(x.big(), y.big())
		return normal(m), nil
	default:
		d := y.float()
		if d == 0 {
			return nil, opErrorf("float modulo")
		}
		return floatMod(x.float(), d), nil
	}
}

func floatMod(x, y float64) float64 {
	m := math.Mod(x, y)
	if m != 0 && (m < 0) != (y < 0) {
		m += y
	}
	return m
}

func floorDivBig(x, y *big.Int) (q, m *big.Int) {
	q, m = new(big.Int), new(big.Int)
	q.QuoRem(x, y, m)
	if m.Sign() != 0 && (m.Sign() < 0) != (y.Sign() < 0) {
		q.Sub(q, big.NewInt(1))
		m.Add(m, y)
	}
	return q, m
}

// maxPowBits keeps a power from filling the memory.
const maxPowBits = 1 << 22

func powNumbers(x, y number, kind numKind) (Value, error) {
	if kind == numFloat || y.kind == numInt && y.i < 0 || y.kind == numBig && y.b.Sign() < 0 {
		if x.float() == 0 && y.float() < 0 {
			return nil, opErrorf("0.0 cannot be raised to a negative power")
		}
		return math.Pow(x.float(), y.float()), nil
	}
	if y.kind == numBig || float64(x.big().BitLen())*float64(y.i) > maxPowBits {
		return nil, opErrorf("the power is too large")
	}
	return normal(new(big.Int).Exp(x.big(), y.big(), nil)), nil
}

// compareNumbers gives -1, 0 or 1; false if one of them is NaN.
func compareNumbers(x, y number, kind numKind) (int, bool) {
	switch kind {
	case numInt:
		switch {
		case x.i < y.i:
			return -1, true
		case x.i > y.i:
			return 1, true
		}
		return 0, true
	case numBig:
		return x.big().Cmp(y.big()), true
	default:
		a, b := x.float(), y.float()
		switch {
		case a < b:
			return -1, true
		case a > b:
			return 1, true
		case a == b:
			return 0, true
		}
		return 0, false
	}
}

// negNumber is -v.
func negNumber(n number) Value {
	switch n.kind {
	case numInt:
		if n.i == math.MinInt64 {
			return new(big.Int).Neg(n.big())
		}
		return -n.i
	case numBig:
		return normal(new(big.Int).Neg(n.b))
	default:
		return -n.f
	}
}
