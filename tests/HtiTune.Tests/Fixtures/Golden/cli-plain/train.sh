# y = (λ − 0.3)² and two more, by sums and products alone.
awk -v l="$1" 'BEGIN { v = (l - 0.3) * (l - 0.3); print "cost"; printf "%.9g\n%.9g\n%.9g\n", v, v + l / 4, v - l / 8 }' > "$2"
