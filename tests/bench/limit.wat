;; The sum of the buffer: eight additions in flight, so that nothing but reading the memory takes time.
(module
  (memory (export "memory") 1)
  (func (export "sum") (param $from i32) (param $end i32) (result f32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local $e v128) (local $f v128) (local $g v128) (local $h v128)
    (loop $next
      (local.set $a (f32x4.add (local.get $a) (v128.load offset=0 (local.get $from))))
      (local.set $b (f32x4.add (local.get $b) (v128.load offset=16 (local.get $from))))
      (local.set $c (f32x4.add (local.get $c) (v128.load offset=32 (local.get $from))))
      (local.set $d (f32x4.add (local.get $d) (v128.load offset=48 (local.get $from))))
      (local.set $e (f32x4.add (local.get $e) (v128.load offset=64 (local.get $from))))
      (local.set $f (f32x4.add (local.get $f) (v128.load offset=80 (local.get $from))))
      (local.set $g (f32x4.add (local.get $g) (v128.load offset=96 (local.get $from))))
      (local.set $h (f32x4.add (local.get $h) (v128.load offset=112 (local.get $from))))
      (local.set $from (i32.add (local.get $from) (i32.const 128)))
      (br_if $next (i32.lt_u (local.get $from) (local.get $end))))
    (local.set $a (f32x4.add
      (f32x4.add (f32x4.add (local.get $a) (local.get $b)) (f32x4.add (local.get $c) (local.get $d)))
      (f32x4.add (f32x4.add (local.get $e) (local.get $f)) (f32x4.add (local.get $g) (local.get $h)))))
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $a)) (f32x4.extract_lane 1 (local.get $a)))
      (f32.add (f32x4.extract_lane 2 (local.get $a)) (f32x4.extract_lane 3 (local.get $a))))))
