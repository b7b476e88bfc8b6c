package pll

import "math"

// StudentQuantile returns the value that Student's t with dof degrees of freedom
// exceeds with probability tail (0 < tail <= 0.5). Hill, Algorithm 396, Communications
// of the ACM 13 (1970) 619-620; the relative error is below 1e-3 for dof >= 2.
func StudentQuantile(tail, dof float64) float64 {
	p := 2 * tail
	if p >= 1 {
		return 0
	}
	if dof < 2 {
		dof = 2
	}
	a := 1 / (dof - 0.5)
	b := 48 / (a * a)
	c := ((20700*a/b-98)*a-16)*a + 96.36
	d := ((94.5/(b+c)-3)/b + 1) * math.Sqrt(a*math.Pi/2) * dof
	x := d * p
	y := math.Pow(x, 2/dof)
	if y > 0.05+a {
		x = normalQuantile(0.5 * p)
		y = x * x
		if dof < 5 {
			c += 0.3 * (dof - 4.5) * (x + 0.6)
		}
		c += (((0.05*d*x-5)*x-7)*x-2)*x + b
		y = (((((0.4*y+6.3)*y+36)*y+94.5)/c-y-3)/b + 1) * x
		y = a * y * y
		y = math.Expm1(y)
	} else {
		y = ((1/(((dof+6)/(dof*y)-0.089*d-0.822)*(dof+2)*3)+0.5/(dof+4))*y-1)*(dof+1)/(dof+2) + 1/y
	}
	return math.Sqrt(dof * y)
}

// normalQuantile returns the standard normal quantile (Acklam's rational
// approximation, relative error 1.2e-9).
func normalQuantile(p float64) float64 {
	const low = 0.02425
	switch {
	case p <= 0:
		return math.Inf(-1)
	case p >= 1:
		return math.Inf(1)
	case p < low:
		return acklamTail(math.Sqrt(-2 * math.Log(p)))
	case p > 1-low:
		return -acklamTail(math.Sqrt(-2 * math.Log(1-p)))
	}
	q := p - 0.5
	r := q * q
	return (((((-3.969683028665376e+01*r+2.209460984245205e+02)*r-2.759285104469687e+02)*r+1.383577518672690e+02)*r-3.066479806614716e+01)*r + 2.506628277459239e+00) * q /
		(((((-5.447609879822406e+01*r+1.615858368580409e+02)*r-1.556989798598866e+02)*r+6.680131188771972e+01)*r-1.328068155288572e+01)*r + 1)
}

func acklamTail(q float64) float64 {
	return (((((-7.784894002430293e-03*q-3.223964580411365e-01)*q-2.400758277161838e+00)*q-2.549732539343734e+00)*q+4.374664141464968e+00)*q + 2.938163982698783e+00) /
		((((7.784695709041462e-03*q+3.224671290700398e-01)*q+2.445134137142996e+00)*q+3.754408661907416e+00)*q + 1)
}

// logStudentConstant is log Gamma((dof+1)/2) - log Gamma(dof/2) - log(dof*pi)/2, by the
// asymptotic series of the ratio of Gamma functions; good to 1e-3 at dof = 2 and to 1e-5 from 6 on.
func logStudentConstant(dof float64) float64 {
	x := dof / 2
	return -0.9189385332046727 - 1/(8*x) + 1/(192*x*x*x)
}

// StudentCDF returns the probability that Student's t with dof degrees of freedom lies
// below t, by Hill's normal approximation (Algorithm 395, CACM 13 (1970) 617-619),
// good to 1e-4 for dof >= 3.
func StudentCDF(t, dof float64) float64 {
	a := dof - 0.5
	b := 48 * a * a
	y := t * t / dof
	z2 := a * math.Log1p(y)
	z := math.Sqrt(z2)
	z = (((((-0.4*z2-3.3)*z2-24)*z2-85.5)/(0.8*z2*z2+100+b)+z2+3)/b + 1) * z
	if t < 0 {
		z = -z
	}
	return 0.5 * math.Erfc(-z/math.Sqrt2)
}
