function(ctx)
  local f(n) = if n == 0 then 1 else f(n - 1) + f(n - 1);
  { LastName: "x" + f(80) }
