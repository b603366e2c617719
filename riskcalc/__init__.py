"""riskcalc: price, plan and size small-cap option spreads, shares and leveraged funds at one risk."""
