"""exp, log, power, sine and cosine for every lane at once, as vector code of our own.

Needs    ``vector.Writer``
Gives    ``define``: adds the functions to a module; they are called @v_exp, @v_log, @v_power, @v_sin, @v_cos
Keeps    about one unit in the last place over the whole range of normal numbers (sine and cosine up to a million);
         NaN stays NaN; numbers too small to be normal count as zero
Leaves   a power of a negative number with a broken exponent is 0: a solver may slip below zero by less than its
         tolerance, and should then see what it sees at zero

Method: argument reduction and near-minimax polynomials (Muller, Elementary Functions, 2016, chapters 3 and 11). The
coefficients are Chebyshev fits computed with 60 digits; highest power first.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from enkephalin.compiler.vector import Writer


@dataclass(frozen=True)
class _Format:
    """What the functions need to know about 64- or 32-bit numbers."""

    mantissa: int  # bits
    bias: int
    largest_exponent: float  # exp of more is infinite
    smallest_exponent: float  # exp of less is zero
    round: float  # adding it leaves a whole number in the lowest bits
    ln2: tuple[float, float]
    half_pi: tuple[float, ...]  # each part short enough for its product with a whole number to be exact
    exp: Sequence[float]  # (e^r - 1 - r) / r^2
    two_thirds: tuple[float, float]
    log: Sequence[float]  # (2 atanh(s) - 2 s) / s^3, in s^2
    sin: Sequence[float]  # (sin r - r) / r^3, in r^2
    cos: Sequence[float]  # (cos r - 1 + r^2 / 2) / r^4, in r^2


_DOUBLE = _Format(
    mantissa=52,
    bias=1023,
    largest_exponent=709.782712893384,
    smallest_exponent=-708.3964185322641,
    round=1.5 * 2**52,
    ln2=(0.6931471805598903, 5.497923018708371e-14),
    half_pi=(1.5707963267341256, 6.077100506303966e-11, 2.0222662487959506e-21),
    exp=(2.0914686968086876e-09, 2.5105217004720745e-08, 2.75572736431103e-07, 2.7557255400206422e-06,
         2.4801587325547743e-05, 0.00019841269874820627, 0.0013888888888883748, 0.008333333333326136,
         0.04166666666666667, 0.1666666666666667, 0.5),
    two_thirds=(0.6666666666666666, 3.700743415417188e-17),
    log=(0.13087330476603717, 0.1326870577297007, 0.15386242218879392, 0.1818179559386321, 0.22222222392147034,
         0.285714285708017, 0.4000000000000088, 0.6666666666666666),
    sin=(1.591810123167728e-10, -2.5051131455447428e-08, 2.755731610068312e-06, -0.0001984126983675497,
         0.008333333333330946, -0.16666666666666666),
    cos=(-1.1382614869434128e-11, 2.087614602470193e-09, -2.7557317270560385e-07, 2.4801587298763433e-05,
         -0.0013888888888887395, 0.041666666666666664),
)  # fmt: skip
_SINGLE = _Format(
    mantissa=23,
    bias=127,
    largest_exponent=88.72283,
    smallest_exponent=-87.33654,
    round=1.5 * 2**23,
    ln2=(0.693115234375, 3.194618329871446e-05),
    half_pi=(1.5703125, 0.0004837512969970703, 7.549533620476723e-08, 2.5633440682570896e-12),
    exp=(0.0013926183587713494, 0.008363179052722578, 0.041666554617204574, 0.16666576989698775, 0.5),
    two_thirds=(0.6666666865348816, -1.9868214962137642e-08),
    log=(0.2255, 0.2857142857142857, 0.4, 0.6666666666666666),
    sin=(-0.0001958784052382315, 0.008332748037528802, -0.166666646611149),
    cos=(2.4547891622336995e-05, -0.001388830280232084, 0.04166666465830048),
)
EXACT = ""
"""Flags of an operation whose rounding error is used: nothing may be rearranged."""


class _Functions:
    def __init__(self, writer: Writer) -> None:
        self.w = writer
        self.format = _SINGLE if writer.target.single else _DOUBLE

    def add(self, a: str, b: str) -> str:
        return self.w.add(a, b, EXACT)

    def sub(self, a: str, b: str) -> str:
        return self.w.sub(a, b, EXACT)

    def mul(self, a: str, b: str) -> str:
        return self.w.mul(a, b, EXACT)

    def polynomial(self, coefficients: Sequence[float], x: str) -> str:
        """Horner's scheme, highest power first."""
        number = self.w.number
        first = number(coefficients[0])
        return functools.reduce(lambda p, c: self.w.fma(p, x, number(c)), coefficients[1:], first)

    def product_error(self, a: str, b: str, product: str) -> str:
        """a b - product, exactly (Dekker's splitting where there is no fused product)."""
        w = self.w
        if w.target.fused:
            return w.fma(a, b, w.neg(product))

        def halves(x: str) -> tuple[str, str]:
            # The upper half of the digits, cut off; the rest is exact.
            mask = w.whole(-(1 << ((self.format.mantissa + 2) // 2)))
            high = w.from_bits(w.integer("and", w.bits_of(x), mask))
            return high, self.sub(x, high)

        (ah, al), (bh, bl) = halves(a), halves(b)
        error = self.sub(self.mul(ah, bh), product)
        error = self.add(error, self.mul(ah, bl))
        error = self.add(error, self.mul(al, bh))
        return self.add(error, self.mul(al, bl))

    # --- exponential and logarithm --------------------------------------------------------------------------------

    def exp(self, x: str, extra: str | None = None) -> str:
        """e^(x + extra), extra much smaller than x."""
        w, f = self.w, self.format
        high, low = w.number(f.largest_exponent), w.number(f.smallest_exponent)
        too_high, too_low = w.compare("ogt", x, high), w.compare("olt", x, low)
        x = w.select(too_high, high, w.select(too_low, low, x))
        shifted = self.add(self.mul(x, w.number(1.4426950408889634)), w.number(f.round))
        n = self.sub(shifted, w.number(f.round))
        r = w.fma(n, w.number(-f.ln2[0]), x)
        r = w.fma(n, w.number(-f.ln2[1]), r)
        if extra is not None:
            r = self.add(r, extra)
        p = self.polynomial(f.exp, r)
        p = self.add(w.fma(self.mul(r, r), p, r), w.number(1.0))
        # The whole number n stands in the lowest bits of `shifted`; it is added to the exponent of p.
        power = w.integer("shl", w.bits_of(shifted), w.whole(f.mantissa))
        result = w.from_bits(w.integer("add", w.bits_of(p), power))
        infinity = "<" + ", ".join([f"{w.scalar} 0x7FF0000000000000"] * w.lanes) + ">"
        return w.select(too_high, infinity, w.select(too_low, w.number(0.0), result))

    def parts(self, x: str) -> tuple[str, str]:
        """x = 2^e m with m between sqrt(1/2) and sqrt(2): (e as a number, m)."""
        w, f = self.w, self.format
        # Subtracting sqrt(1/2) first moves the cut between two exponents from 1 to sqrt(2).
        offset = w.integer("sub", w.bits_of(x), w.bits_of(w.number(0.7071067811865475)))
        e = w.integer("ashr", offset, w.whole(f.mantissa))
        m = w.from_bits(w.integer("sub", w.bits_of(x), w.integer("shl", e, w.whole(f.mantissa))))
        shifted = w.integer("add", e, w.bits_of(w.number(f.round)))
        return self.sub(w.from_bits(shifted), w.number(f.round)), m

    def usual(self, x: str) -> str:
        """Which lanes hold a positive normal number."""
        w, f = self.w, self.format
        smallest = w.compare("oge", x, w.number(2.0 ** (1 - f.bias)))
        return w.truth("and", smallest, w.compare("ole", x, w.number(_largest(f))))

    def log(self, x: str) -> str:
        w, f = self.w, self.format
        e, m = self.parts(x)
        top = self.sub(m, w.number(1.0))
        s = w.divide(top, self.add(m, w.number(1.0)))
        z = self.mul(s, s)
        # log m = 2 s + s z P, and 2 s = top - s top: so only small terms are rounded.
        tail = self.mul(s, self.sub(self.mul(z, self.polynomial(f.log, z)), top))
        tail = w.fma(e, w.number(f.ln2[1]), tail)
        return w.fma(e, w.number(f.ln2[0]), self.add(top, tail))

    def log_pair(self, x: str) -> tuple[str, str]:
        """log x as a sum of two numbers, with about ten bits more than one holds."""
        w, f = self.w, self.format
        e, m = self.parts(x)
        one = w.number(1.0)
        top, below = self.sub(m, one), self.add(m, one)
        lost = self.sub(m, self.sub(below, one))
        inverse = w.divide(one, below)
        s = self.mul(top, inverse)
        product = self.mul(s, below)
        rest = self.sub(self.sub(top, product), self.product_error(s, below, product))
        rest = w.fma(w.neg(s), lost, rest)
        s_low = self.mul(rest, inverse)
        tail_high, tail_low = self.log_tail(s, s_low)
        two_s = self.add(s, s)
        whole = self.mul(e, w.number(f.ln2[0]))
        high = self.add(whole, two_s)
        low = self.sub(two_s, self.sub(high, whole))
        low = self.add(low, self.add(tail_low, w.fma(e, w.number(f.ln2[1]), self.add(s_low, s_low))))
        first = self.add(high, tail_high)
        low = self.add(low, self.sub(tail_high, self.sub(first, high)))
        total = self.add(first, low)
        return total, self.sub(low, self.sub(total, first))

    def log_tail(self, s: str, s_low: str) -> tuple[str, str]:
        """2 atanh(s + s_low) - 2 (s + s_low) as a sum of two numbers; its first term, 2/3 s^3, without error."""
        w, f = self.w, self.format
        z = self.mul(s, s)
        z_low = w.fma(self.add(s, s), s_low, self.product_error(s, s, z))
        cube = self.mul(z, s)
        cube_low = w.fma(z, s_low, w.fma(z_low, s, self.product_error(z, s, cube)))
        third = w.number(f.two_thirds[0])
        lead = self.mul(cube, third)
        lead_low = w.fma(cube_low, third, self.product_error(cube, third, lead))
        lead_low = w.fma(cube, w.number(f.two_thirds[1]), lead_low)
        # The last coefficient of the polynomial is 2/3 but for the error of the fit.
        further = self.mul(z, self.polynomial(f.log[:-1], z))
        return lead, w.fma(cube, further, lead_low)

    def power(self, x: str, y: str) -> str:
        twice, short = self.halves(y)
        return self.w.select(short, self.short_power(x, twice), self.any_power(x, y))

    def any_power(self, x: str, y: str) -> str:
        high, low = self.log_pair(x)
        product = self.mul(y, high)
        extra = self.add(self.product_error(y, high, product), self.mul(y, low))
        return self.exp(product, extra)

    def halves(self, y: str) -> tuple[str, str]:
        """(twice y, where it is a small whole number): such powers need products and a root only."""
        w = self.w
        twice = self.add(y, y)
        small = w.compare("ole", w.intrinsic("fabs", twice), w.number(8.0))
        return twice, w.truth("and", w.compare("oeq", twice, self.rounded(twice)), small)

    def short_power(self, x: str, twice: str) -> str:
        """x^(twice / 2) for whole numbers from -8 to 8."""
        w, f = self.w, self.format
        one = w.number(1.0)
        whole = w.bits_of(self.add(w.intrinsic("fabs", twice), w.number(f.round)))
        factors = [w.intrinsic("sqrt", x), x, self.mul(x, x)]
        factors.append(self.mul(factors[-1], factors[-1]))
        r = w.select(self.bit(whole, 1), factors[0], one)
        for k, factor in enumerate(factors[1:], 1):
            r = w.select(self.bit(whole, 1 << k), self.mul(r, factor), r)
        return w.select(w.compare("olt", twice, w.number(0.0)), w.divide(one, r), r)

    # --- what is not usual ----------------------------------------------------------------------------------------

    def power_unusual(self, x: str, y: str) -> str:
        """A power where x is zero, negative, infinite or NaN in some lanes; correct for the other lanes too."""
        w, f = self.w, self.format
        zero, one = w.number(0.0), w.number(1.0)
        infinity = "<" + ", ".join([f"{w.scalar} 0x7FF0000000000000"] * w.lanes) + ">"
        size = w.intrinsic("fabs", x)
        r = self.power(size, y)
        rising, falling = w.compare("ogt", y, zero), w.compare("olt", y, zero)
        at_zero = w.select(rising, zero, w.select(falling, infinity, one))
        at_infinity = w.select(rising, infinity, w.select(falling, zero, one))
        r = w.select(w.compare("olt", size, w.number(2.0 ** (1 - f.bias))), at_zero, r)
        r = w.select(w.compare("ogt", size, w.number(_largest(f))), at_infinity, r)
        whole, half = self.rounded(y), self.mul(y, w.number(0.5))
        odd = w.compare("one", half, self.rounded(half))
        signed = w.select(w.compare("oeq", whole, y), w.select(odd, w.neg(r), r), zero)
        r = w.select(w.compare("olt", x, zero), signed, r)
        return w.select(w.compare("uno", x, y), self.add(x, y), r)

    def rounded(self, x: str) -> str:
        return self.w.intrinsic("rint", x)

    def log_unusual(self, x: str) -> str:
        w, f = self.w, self.format
        infinity = "<" + ", ".join([f"{w.scalar} 0x7FF0000000000000"] * w.lanes) + ">"
        nothing = "<" + ", ".join([f"{w.scalar} 0x7FF8000000000000"] * w.lanes) + ">"
        smallest = w.number(2.0 ** (1 - f.bias))
        r = self.log(x)
        small = w.compare("olt", w.intrinsic("fabs", x), smallest)
        r = w.select(small, w.neg(infinity), r)
        r = w.select(w.compare("ole", x, w.neg(smallest)), nothing, r)
        return w.select(w.compare("ogt", x, w.number(_largest(f))), infinity, w.select(w.compare("uno", x, x), x, r))

    # --- sine and cosine ------------------------------------------------------------------------------------------

    def wave(self, x: str, quarter: int) -> str:
        """sin(x + quarter pi / 2)."""
        w, f = self.w, self.format
        shifted = self.add(self.mul(x, w.number(0.6366197723675814)), w.number(f.round))
        n = self.sub(shifted, w.number(f.round))
        r = x
        for part in f.half_pi:
            r = w.fma(n, w.number(-part), r)
        quadrant = w.integer("add", w.bits_of(shifted), w.whole(quarter))
        z = self.mul(r, r)
        sine = w.fma(self.mul(z, r), self.polynomial(f.sin, z), r)
        half = self.mul(z, w.number(0.5))
        rest = self.sub(w.number(1.0), half)
        lost = self.sub(self.sub(w.number(1.0), rest), half)
        cosine = self.add(rest, w.fma(self.mul(z, z), self.polynomial(f.cos, z), lost))
        odd = self.bit(quadrant, 1)
        negative = self.bit(quadrant, 2)
        value = w.select(odd, cosine, sine)
        return w.select(negative, w.neg(value), value)

    def bit(self, integers: str, mask: int) -> str:
        w = self.w
        masked = w.integer("and", integers, w.whole(mask))
        return w.op(f"icmp ne {w.I} {masked}, {w.whole(0)}")


def _largest(f: _Format) -> float:
    return (2.0 - 2.0**-f.mantissa) * 2.0**f.bias


TOGETHER = 4
"""How many values of one function are computed in one call: their chains of operations fill each other's waiting."""


def define(writer: Writer, wanted: frozenset[str]) -> None:
    """Add the functions named in ``wanted`` (exp, log, power, sin, cos) to the module; exp_4 gives four at once."""
    f = _Functions(writer)
    for full in sorted(wanted):
        name, _, count = full.partition("_")
        n = int(count or 1)
        x = [f"%x{k}" for k in range(n)]
        y = [f"%y{k}" for k in range(n)]
        match name:
            case "exp":
                _close(writer, full, x, [f.exp(a) for a in x])
            case "sin":
                _close(writer, full, x, [f.wave(a, 0) for a in x])
            case "cos":
                _close(writer, full, x, [f.wave(a, 1) for a in x])
            case "log":
                writer.line(f"br i1 {_all(writer, [f.usual(a) for a in x])}, label %short, label %long")
                writer.label("short")
                _return(writer, [f.log(a) for a in x])
                writer.label("long")
                _close(writer, full, x, [f.log_unusual(a) for a in x])
            case "power":
                _powers(f, full, x, y)


def _powers(f: _Functions, name: str, x: Sequence[str], y: Sequence[str]) -> None:
    """A way for usual bases, shorter for each power that is short in all lanes, and a way for all numbers."""
    w = f.w
    w.line(f"br i1 {_all(w, [f.usual(a) for a in x])}, label %usual, label %long")
    w.label("usual")
    values = []
    for k, (a, b) in enumerate(zip(x, y, strict=True)):
        twice, short = f.halves(b)
        little = f.short_power(a, twice)
        w.line(f"br i1 {_all(w, [short])}, label %done{k}, label %full{k}")
        before = w.block
        w.label(f"full{k}")
        whole = w.select(short, little, f.any_power(a, b))
        w.line(f"br label %done{k}")
        w.label(f"done{k}")
        values.append(w.op(f"phi {w.V} [{little}, %{before}], [{whole}, %full{k}]"))
    _return(w, values)
    w.label("long")
    _close(w, name, [*x, *y], [f.power_unusual(a, b) for a, b in zip(x, y, strict=True)])


def _all(w: Writer, truths: Sequence[str]) -> str:
    """Whether all of them are true in every lane, as one bit."""
    together = functools.reduce(lambda a, b: w.truth("and", a, b), truths)
    some_not = w.any(w.truth("xor", together, "<" + ", ".join(["i1 true"] * w.lanes) + ">"))
    return w.op(f"xor i1 {some_not}, true")


def _return(w: Writer, values: Sequence[str]) -> None:
    alone = len(values) == 1
    w.line(f"ret {w.V if alone else w.packed(len(values))} {values[0] if alone else w.pack(values)}")


def _close(writer: Writer, name: str, arguments: Sequence[str], values: Sequence[str]) -> None:
    given = ", ".join(f"{writer.V} {a}" for a in arguments)
    alone = len(values) == 1
    value, kind = (values[0], writer.V) if alone else (writer.pack(values), writer.packed(len(values)))
    writer.finish(f"v_{name}", given, kind, value, "internal noinline")
