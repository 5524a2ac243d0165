-- Visitors who read before they click again: between answer and next request
-- each waits a time even over 0 … 2 × think milliseconds.
local here = debug.getinfo(1, "S").source:match("^@(.*)/") or "."
dofile(here .. "/flood.lua")

local think = 1000

function init(args)
	math.randomseed(20261122)
	think = tonumber(args[1]) or think
end

function delay()
	return math.random(0, 2 * think)
end
